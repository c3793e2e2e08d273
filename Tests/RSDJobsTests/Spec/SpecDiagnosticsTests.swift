import Foundation
import Testing

/// A fault in an otherwise good job. What loading says of it is in `diagnostics.txt`, under the title.
struct BadCase: Sendable, CustomTestStringConvertible {
    var title: String
    var job: String
    var problems: String
    /// Values from the command line.
    var settings: [String] = []

    /// The good job with values from the command line.
    init(_ title: String, set settings: String...) {
        self.title = title
        self.settings = settings
        (job, problems) = (SpecFixture.job, SpecFixture.problems)
    }

    /// A job of its own.
    init(_ title: String, job: String) {
        self.title = title
        self.job = job
        self.problems = SpecFixture.problems
    }

    /// The good job with some of its text replaced, each where it stands first.
    init(_ title: String, changes: [(String, String)], problems: String = SpecFixture.problems) {
        self.title = title
        self.problems = problems
        job = SpecFixture.job
        for (old, new) in changes {
            guard let range = job.range(of: old) else { preconditionFailure("\(title): no '\(old)'") }
            job.replaceSubrange(range, with: new)
        }
    }

    var testDescription: String { title }

    func fault() throws -> String {
        let fixture = try SpecFixture()
        try fixture.write(job, to: "job.yaml")
        try fixture.write(problems, to: "problems.jsonl")
        return fixture.fault(settings)
    }

    func check() throws { try GoldenTexts.diagnostics.expect(fault(), title) }
}

extension GoldenTexts {
    fileprivate static let diagnostics = GoldenTexts(beside: #filePath, "diagnostics.txt")
}

@Suite("Diagnostics of bad jobs")
struct SpecDiagnosticsTests {
    @Test("bad keys have diagnostics", arguments: BadCase.keys) func keys(_ bad: BadCase) throws { try bad.check() }
    @Test("wrong types have diagnostics", arguments: BadCase.types) func types(_ bad: BadCase) throws {
        try bad.check()
    }
    @Test("bad values have diagnostics", arguments: BadCase.values) func values(_ bad: BadCase) throws {
        try bad.check()
    }
    @Test("bad prompts have diagnostics", arguments: BadCase.prompts) func prompts(_ bad: BadCase) throws {
        try bad.check()
    }
    @Test("bad thinking has diagnostics", arguments: BadCase.thinking) func thinking(_ bad: BadCase) throws {
        try bad.check()
    }
    @Test("bad methods have diagnostics", arguments: BadCase.methodsAndDataSets) func methods(_ bad: BadCase) throws {
        try bad.check()
    }
    @Test("bad samples have diagnostics", arguments: BadCase.samples) func samples(_ bad: BadCase) throws {
        try bad.check()
    }
    @Test("bad settings of data sets have diagnostics", arguments: BadCase.datasetSettings) func datasetSettings(
        _ bad: BadCase
    ) throws { try bad.check() }
    @Test("bad engine arguments have diagnostics", arguments: BadCase.engineArguments) func arguments(_ bad: BadCase)
        throws
    { try bad.check() }
    @Test("bad profiles have diagnostics", arguments: BadCase.profiles) func profiles(_ bad: BadCase) throws {
        try bad.check()
    }
    @Test("a bad residency has diagnostics", arguments: BadCase.residency) func residency(_ bad: BadCase) throws {
        try bad.check()
    }
    @Test("bad grading has diagnostics", arguments: BadCase.grading) func grading(_ bad: BadCase) throws {
        try bad.check()
    }
    @Test("bad settings have diagnostics", arguments: BadCase.settings) func settings(_ bad: BadCase) throws {
        try bad.check()
    }
    @Test("bad names of models have diagnostics", arguments: BadCase.hub) func hub(_ bad: BadCase) throws {
        try bad.check()
    }
    @Test("bad variables in paths have diagnostics", arguments: BadCase.variables) func variables(_ bad: BadCase) throws
    {
        try bad.check()
    }
    @Test("malformed YAML has diagnostics", arguments: BadCase.yaml) func yaml(_ bad: BadCase) throws {
        try bad.check()
    }
    @Test("bad files have diagnostics", arguments: BadCase.files) func files(_ bad: BadCase) throws { try bad.check() }
    @Test("bad data sets have diagnostics", arguments: BadCase.datasetLines) func datasets(_ bad: BadCase) throws {
        try bad.check()
    }

    @Test("the golden file has the diagnostics of these cases and no others")
    func golden() throws {
        let cases = [
            BadCase.keys, BadCase.types, BadCase.values, BadCase.prompts, BadCase.thinking,
            BadCase.methodsAndDataSets, BadCase.samples,
            BadCase.datasetSettings, BadCase.engineArguments, BadCase.profiles, BadCase.residency, BadCase.grading,
            BadCase.settings, BadCase.hub, BadCase.variables, BadCase.yaml, BadCase.files, BadCase.datasetLines,
        ].joined()
        try GoldenTexts.diagnostics.expect(cases.map { (title: $0.title, text: try $0.fault()) })
    }
}
