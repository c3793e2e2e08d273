import Foundation
import TestSupport
import Testing

@testable import ModelLifecycle

@Suite("The flags of an installed vLLM") struct VLLMFlagTableTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// A Python that knows these flags, prints more than asked, and notes each time that it is asked.
    private func table(
        _ flags: String =
            #"[{"names": ["dtype"], "negations": [], "short": [], "takes": "one", "repeats": false, "isOn": false}]"#,
        state: [String] = ["site", "1"], environment: [String: String] = [:], cache: String? = nil
    ) throws -> VLLMFlagTable {
        let python = scratch.path("python")
        let script = """
            #!/bin/sh
            echo asked >> '\(scratch.path("asked"))'
            echo 'INFO noise'
            printf 'more noise\\nrsd-batch flags: %s\\n' '\(flags)'
            echo 'bye'
            """
        try Script.write(script, to: URL(filePath: python))
        var facts = InstallationFacts.example
        facts.state = state
        return VLLMFlagTable(
            python: python, facts: facts, environment: environment, folder: cache ?? scratch.path("cache/flags"))
    }

    private var asked: Int { scratch.text("asked").split(separator: "\n").count }

    private func names(_ table: VLLMFlagTable) async throws -> [String] {
        try await table.flags(willAsk: { _ in }).all.map(\.name)
    }

    @Test("are asked once")
    func once() async throws {
        let told = Counter()
        for _ in 0..<2 {
            let flags = try await table().flags { _ in _ = told.next() }
            #expect(flags.all.map(\.name) == ["dtype"] && flags.engine == "vLLM 0.32.0")
        }
        #expect(asked == 1 && told.value == 1)
    }

    @Test("are asked again after an installation, and with other plugins")
    func again() async throws {
        _ = try await names(table())
        _ = try await names(table(state: ["site", "2"]))
        _ = try await names(table(environment: ["VLLM_PLUGINS": "x"]))
        #expect(asked == 3)
        _ = try await names(table(environment: ["UNRELATED": "x"]))
        #expect(asked == 3)
    }

    @Test("a damaged cache is asked anew and replaced")
    func damaged() async throws {
        _ = try await names(table())
        let folder = scratch.path("cache/flags")
        let file = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
        try Data("{".utf8).write(to: URL(filePath: folder + "/" + file))
        for _ in 0..<2 { #expect(try await names(table()) == ["dtype"]) }
        #expect(asked == 2)
    }

    @Test("a cache that cannot be written only costs time")
    func unwritable() async throws {
        try scratch.write("", to: "file")
        for _ in 0..<2 { #expect(try await names(table(cache: scratch.path("file/cache"))) == ["dtype"]) }
        #expect(asked == 2)
    }

    @Test("a vLLM that cannot list them is an error with its last words, and is asked again")
    func broken() async throws {
        for flags in ["oops", "[]"] {
            let table = try table(flags)
            let error = await #expect(throws: EngineError.self) { try await names(table) }
            #expect(error?.message.contains("cannot list its flags: bye") == true)
        }
        #expect(try await names(table()) == ["dtype"])
    }
}

extension InstallationFacts {
    static let example = InstallationFacts(
        python: "3.12.1", executable: "/venv/bin/python", machine: "x86_64", vllm: "0.32.0", folder: "/venv/vllm",
        torch: "2.13.0+cu130", cuda: "13.0", hip: nil, plugins: [], packages: [:], state: [])
}

@Suite("Forms of a flag's value") struct FlagValueFormTests {
    @Test(
        "are those that Python's parsers tell apart",
        arguments: [
            ("7", [.whole, .decimal, .word]), ("-1", [.negative, .decimal, .word]),
            ("1_000", [.whole, .decimal, .word]),
            ("0.5", [.decimal, .word]), ("1e-3", [.decimal, .word]), ("inf", [.decimal, .word]),
            (".5", [.decimal, .word]),
            ("16k", [.size, .word]), ("1.5m", [.size, .word]), ("4G", [.size, .word]), ("1.5G", [.word]),
            ("Auto", [.auto, .word]), ("None", [.none, .word]), ("", [.empty, .word]), ("0x10", [.word]),
            ("1.2.3", [.word]),
            ("{}", [.object]), (#"{"a": NaN, "b": 80m}"#, [.object]), ("{a}", [.braces]), ("{a", [.word]),
            ("[1, 2]", [.list, .word]), (#""x""#, [.string, .word]), ("true", [.constant, .word]), ("[", [.word]),
        ] as [(String, Set<FlagValueForm>)])
    func forms(text: String, forms: Set<FlagValueForm>) { #expect(FlagValueForm.of(text) == forms) }
}
