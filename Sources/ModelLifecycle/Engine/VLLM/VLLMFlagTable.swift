import Foundation
import Support

/// The flags of an installed vLLM: asked once, then kept in the cache until something is installed beside it.
struct VLLMFlagTable: Sendable {
    let python: String
    let facts: InstallationFacts
    /// That of the engines, whose plugins may add flags.
    let environment: [String: String]
    let folder: String

    init(
        python: String, facts: InstallationFacts, environment: [String: String],
        folder: String = CacheFolder.path + "/flags"
    ) {
        (self.python, self.facts, self.environment, self.folder) = (python, facts, environment, folder)
    }

    private static let mark = "rsd-batch flags: "
    private static let script = String(decoding: PackageResources.vllm_flags_py, as: UTF8.self)

    /// - Parameter willAsk: called with vLLM's name before it is imported, which takes seconds.
    /// - Throws: ``EngineError`` if vLLM cannot list its flags.
    func flags(willAsk: @Sendable (String) -> Void) async throws -> EngineFlags {
        let title = "vLLM \(facts.vllm ?? "")"
        func table(_ flags: [EngineFlag]) -> EngineFlags {
            EngineFlags(of: title, flags, help: "`vllm serve --help=all` lists all", abbreviates: true)
        }
        if let stored { return table(stored) }
        willAsk(title)
        let flags = try await ask()
        store(flags)
        return table(flags)
    }

    private func ask() async throws -> [EngineFlag] {
        let output = try await CommandOutput.run(
            python, ["-c", Self.script], environment: environment, limit: .seconds(600))
        guard let flags = MarkedLine.value(of: [EngineFlag].self, after: Self.mark, in: output.text), !flags.isEmpty
        else {
            let last = output.text.withoutTerminalControls.split(whereSeparator: \.isNewline).last
            let reason = output.status == nil ? "no response within ten minutes" : last.map(String.init) ?? "no output"
            throw EngineError(
                .cannotLaunch, engine: "vllm", "vLLM \(facts.vllm ?? "") at \(python) cannot list its flags: \(reason)")
        }
        return flags
    }

    // MARK: The cache

    private struct Entry: Codable {
        var key: [String]
        var flags: [EngineFlag]
    }

    /// Everything that the flags depend on, the script included.
    private var key: [String] {
        let variables = ["PYTHONPATH", "VLLM_PLUGINS", "VLLM_TARGET_DEVICE"].map { "\($0)=\(environment[$0] ?? "")" }
        let hasGPU = FileManager.default.fileExists(atPath: "/dev/nvidiactl")
        return [python, facts.python, facts.vllm ?? ""] + facts.state + variables + ["\(hasGPU)", Self.script]
    }

    private var file: String {
        var hash = StableHash()
        for part in key { hash.combine(part) }
        return "\(folder)/\(String(hash.value, radix: 16)).json"
    }

    private var stored: [EngineFlag]? {
        guard let data = FileManager.default.contents(atPath: file), data.count < 16 << 20,
            let entry = try? JSONDecoder().decode(Entry.self, from: data), entry.key == key
        else { return nil }
        return entry.flags
    }

    /// A cache that cannot be written only costs time.
    private func store(_ flags: [EngineFlag]) {
        guard let data = try? JSONText.encode(Entry(key: key, flags: flags)) else { return }
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try? data.write(to: URL(filePath: file), options: .atomic)
    }
}
