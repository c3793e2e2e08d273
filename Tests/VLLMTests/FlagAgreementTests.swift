import Foundation
import SpecYAML
import Support
import Testing

@testable import JobSpecs
@testable import ModelLifecycle

@Suite("The check of flags against real vLLM", .onRealVLLM)
struct FlagAgreementTests {
    private static let values = [
        "7", "-1", "0.5", "1e3", "1_000", "007", "+5", " 7", "7.", ".5", "inf", "2k", "2K", "1.5m", "1.5K", "4G",
        "0x10", "auto", "AUTO",
        "None", "", "xyzzy", "float16", "true", "null", "{x}", "{", "{}", #"{"a": 1}"#, #"{"a": 80m}"#, "[]", "[1]",
        #""x""#, "a=b", "1,2",
    ]

    /// Asks vLLM's parser about every flag with every value: a line for each value, with the flags that take it.
    private static let question = """
        import contextlib, io, json
        def takes(name, value):
            with contextlib.redirect_stderr(io.StringIO()):
                try:
                    parser.parse_args(["model", "--" + name, value])
                    return True
                except (SystemExit, Exception):
                    return False
        names = [flag["names"][0] for flag in flags]
        print("\\nrsd-batch takes: " + json.dumps([[n for n in names if takes(n, value)] for value in json.loads(VALUES)]))
        """

    @Test("nothing is refused that vLLM takes, and almost everything that vLLM refuses")
    func agreement() async throws {
        let installation = VLLMInstallation(venv: nil)
        let values = String(decoding: try JSONEncoder().encode(Self.values), as: UTF8.self)
        let script =
            String(decoding: PackageResources.vllm_flags_py, as: UTF8.self)
            + "\nVALUES = '''\(values.replacing("\\", with: "\\\\"))'''\n"
            + Self.question
        let output = try await CommandOutput.run(installation.python(), ["-c", script], limit: .seconds(600))
        let flags = try #require(MarkedLine.value(of: [EngineFlag].self, after: "rsd-batch flags: ", in: output.text))
        let taken = try #require(MarkedLine.value(of: [[String]].self, after: "rsd-batch takes: ", in: output.text))
        let known = EngineFlags(of: "vLLM", flags, help: "")
        let names = flags.map(\.name).filter { EngineArgument.refusal(of: $0) == nil }
        var (refused, missed) = (0, 0)
        for (value, takers) in zip(Self.values, taken) {
            let lines = names.map { "    \($0): \(doubleQuoted(value))" }
            let source = SourceText(file: "f", text: "engine:\n  args:\n" + lines.joined(separator: "\n"))
            let document = try #require(YAMLParser.parse(source).0)
            let log = DiagnosticLog(source: source)
            FlagCheck(known: known, log: log).check(WrittenFlag.sections(of: document, log: log))
            let errors = Set(log.diagnostics.filter { $0.severity == .error }.compactMap(\.line).map { names[$0 - 3] })
            let wrong = errors.intersection(takers)
            #expect(wrong.isEmpty, "refused with \(quoted(value)): \(wrong.sorted())")
            let others = Set(names).subtracting(takers)
            refused += others.count
            missed += others.subtracting(errors).count
        }
        #expect(missed * 20 < refused, "\(missed) of \(refused)")
    }
}
