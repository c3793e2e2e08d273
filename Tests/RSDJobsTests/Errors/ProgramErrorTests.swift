import Foundation
import RunnerSupport
import Support
import Testing
@testable import rsd_batch

@Suite("Program errors") struct ProgramErrorTests {
    /// Errors that one layer throws and the same or the next one handles; none may end the program.
    private static let inner: Set = [
        "Answers.Failure", "Answers.Unmanageable", "Checkpoints.End", "Checkpoints.Unknown", "Checkpoints.Unreadable",
        "Datasets.FieldFault", "Datasets.RecordFault", "JobSpecs.Busy", "ModelLifecycle.ForkRefused",
        "ModelLifecycle.PortLost", "Runner.EngineGone", "Runner.MemoryTooSmall", "RunServer.Fault",
        "Runner.ProblemChanged",
        "Runner.PermanentFailure",
        "Support.Diagnostic", "Support.Fault", "Support.Unreadable", "Tokenizers.TokenizerError",
        "rsd_batch.ExitRequest", "rsd_batch.OutputClosed",
    ]

    @Test("every error has its code and its exit", arguments: ErrorSample.all)
    func codes(sample: ErrorSample) {
        let explanation = sample.error.explanation
        #expect(explanation.code == sample.code)
        #expect(explanation.exit == sample.exit, "\(sample.code)")
        #expect(explanation.code.wholeMatch(of: #/[a-z]+(-[a-z]+)*/#) != nil)
    }

    @Test("what is printed is the summary and then the remedy", arguments: ErrorSample.all)
    func texts(sample: ErrorSample) {
        let explanation = sample.error.explanation
        #expect(!explanation.summary.isEmpty)
        // Foundation ends its own with a full stop.
        #expect(!explanation.summary.hasSuffix(".") || sample.error is ForeignError, "\(explanation)")
        #expect(explanation.remedy?.contains(#/[.)]$/#) != false, "\(explanation)")
        #expect("\(sample.error)" == explanation.description)
        #expect(explanation.message.hasPrefix(explanation.summary))
        let lines = explanation.labelled.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            lines[0].hasSuffix(" [\(sample.code)]") && lines.count == explanation.message.split(separator: "\n").count)
        #expect(explanation.message.hasSuffix(explanation.remedy ?? ""))
    }

    @Test("no two types share a code")
    func codesAreUnique() {
        let types = Dictionary(grouping: ErrorSample.all.filter { !($0.error is ForeignError) }, by: \.code)
            .mapValues { Set($0.map { String(reflecting: type(of: $0.error)) }) }
        #expect(types.filter { $0.value.count > 1 }.isEmpty)
        #expect(ErrorSample.all.allSatisfy { !($0.error is ForeignError) || types[$0.code] == nil })
    }

    /// A new error type without a sample fails here.
    @Test("every error type of the sources is known")
    func allAreKnown() throws {
        let sources = try ErrorSources.shared.get()
        let sampled = Set(ErrorSample.all.map { String(reflecting: type(of: $0.error)) })
        #expect(sources.own == sampled)
        #expect(sources.inner == Self.inner)
        #expect(sources.protocols == ["Support.ProgramError"])
        let names = Set((sampled.union(Self.inner)).map { String($0.split(separator: ".")[1]) })
        // Foreign ones, and functions that make an error.
        let others: Set = [
            "CancellationError", "DecodingError", "POSIXError", "ValidationError", "ErrorAnswer", "Self",
        ]
        #expect(sources.thrown.subtracting(names) == others)
    }

    @Test("what is no program error is handled by name, or is all that its functions throw", arguments: inner)
    func innerErrorsEndSomewhere(name: String) throws {
        #expect(try ErrorSources.shared.get().handled.contains(String(name.split(separator: ".")[1])))
    }

    @Test("an exit code is documented once, in the README's table")
    func exitsAreDocumented() throws {
        let readme = try String(contentsOf: Programs.repository.appending(path: "README.md"), encoding: .utf8)
        let table = readme.split(separator: "| exit code | meaning |")[1].prefix { $0 != "#" }
        let codes = table.matches(of: #/\n\| (\d+) \|/#).compactMap { Int32($0.1) }
        #expect(codes == ExitCategory.allCases.map(\.rawValue))
    }

    @Test("a wrong command line is told from other errors")
    func usage() {
        let error = #expect(throws: (any Error).self) {
            try RSDBatch.parseAsRoot(["run", "job.yaml", "--no-such-option"])
        }
        let explanation = error.map { ForeignError(error: $0).explanation }
        #expect(explanation?.exit == .usage && explanation?.code == "usage")
        #expect(
            explanation?.summary.contains("--no-such-option") == true
                && explanation?.summary.hasPrefix("Error") == false)
    }
}
