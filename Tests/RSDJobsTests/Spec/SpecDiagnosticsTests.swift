import Foundation
import Testing

/// A fault in an otherwise good job, and all that loading says of it.
struct BadCase: Sendable, CustomTestStringConvertible {
    var title: String
    var job: String
    var problems: String
    var says: String

    /// A job of its own.
    init(_ title: String, job: String, says: String) {
        self.title = title
        self.job = job
        self.problems = SpecFixture.problems
        self.says = says
    }

    /// The good job with some of its text replaced, each where it stands first.
    init(
        _ title: String, changes: [(String, String)], problems: String = SpecFixture.problems, says: String
    ) {
        self.title = title
        self.problems = problems
        self.says = says
        job = SpecFixture.job
        for (old, new) in changes {
            guard let range = job.range(of: old) else { preconditionFailure("\(title): no '\(old)'") }
            job.replaceSubrange(range, with: new)
        }
    }

    var testDescription: String { title }

    func check() throws {
        let fixture = try SpecFixture()
        try fixture.write(job, to: "job.yaml")
        try fixture.write(problems, to: "problems.jsonl")
        #expect(fixture.fault() == says)
    }
}

@Suite("What a bad job is told")
struct SpecDiagnosticsTests {
    @Test(arguments: BadCase.keys) func keys(_ bad: BadCase) throws { try bad.check() }
    @Test(arguments: BadCase.types) func types(_ bad: BadCase) throws { try bad.check() }
    @Test(arguments: BadCase.values) func values(_ bad: BadCase) throws { try bad.check() }
    @Test(arguments: BadCase.prompts) func prompts(_ bad: BadCase) throws { try bad.check() }
    @Test(arguments: BadCase.methodsAndDataSets) func methods(_ bad: BadCase) throws { try bad.check() }
    @Test(arguments: BadCase.datasetSettings) func datasetSettings(_ bad: BadCase) throws { try bad.check() }
    @Test(arguments: BadCase.engineArguments) func arguments(_ bad: BadCase) throws { try bad.check() }
    @Test(arguments: BadCase.profiles) func profiles(_ bad: BadCase) throws { try bad.check() }
    @Test(arguments: BadCase.residency) func residency(_ bad: BadCase) throws { try bad.check() }
    @Test(arguments: BadCase.grading) func grading(_ bad: BadCase) throws { try bad.check() }
    @Test(arguments: BadCase.yaml) func yaml(_ bad: BadCase) throws { try bad.check() }
    @Test(arguments: BadCase.files) func files(_ bad: BadCase) throws { try bad.check() }
    @Test(arguments: BadCase.datasetLines) func datasets(_ bad: BadCase) throws { try bad.check() }
}
