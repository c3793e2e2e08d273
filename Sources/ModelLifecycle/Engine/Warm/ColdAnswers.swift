import Foundation
import Support
import Synchronization

/// Canary responses of spawned engines, kept from run to run: a forked engine must give the same.
///
/// One file per engine, in a directory that may be deleted at any time.
package final class ColdAnswers: Sendable {
    let folder: String
    /// Those of this run, which need no directory.
    private let own = Mutex<[String: Canary.Answer]>([:])

    package init(folder: String = ColdAnswers.standardFolder) { self.folder = folder }

    package static var standardFolder: String { CacheFolder.path + "/cold-answers" }

    /// - Parameter build: the engine's version and the hardware it runs on.
    /// - Returns: nil if there is none, or the file is damaged.
    func answer(of configuration: EngineConfiguration, _ launch: WarmLaunch, build: String) -> Canary.Answer? {
        let key = key(configuration, launch, build)
        if let answer = own.withLock({ $0[key] }) { return answer }
        guard let data = FileManager.default.contents(atPath: file(key)), data.count < 1 << 20,
            let entry = try? JSONDecoder().decode(Entry.self, from: data), entry.key == key
        else { return nil }
        return entry.answer
    }

    /// - Returns: whether later runs can use it too.
    @discardableResult
    func note(_ answer: Canary.Answer, of configuration: EngineConfiguration, _ launch: WarmLaunch, build: String)
        -> Bool
    {
        let key = key(configuration, launch, build)
        own.withLock { $0[key] = answer }
        do {
            let data = try JSONEncoder().encode(Entry(key: key, answer))
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try data.write(to: URL(filePath: file(key)), options: .atomic)
            return true
        } catch {
            return false
        }
    }

    // MARK: Keys

    /// Everything that the response may depend on.
    private func key(_ configuration: EngineConfiguration, _ launch: WarmLaunch, _ build: String) -> String {
        let environment = launch.early.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return
            ([build, "\(configuration.task)", CheckpointStamp(configuration.model).text] + environment
            + words(configuration))
            .joined(separator: "\n")
    }

    /// The job's flags, except those that set the amount of memory.
    private func words(_ configuration: EngineConfiguration) -> [String] {
        configuration.arguments.filter { !["gpu-memory-utilization", "kv-cache-memory-bytes"].contains($0.name) }
            .flatMap(\.words) + ["\(configuration.contextLength ?? 0)"]
    }

    private func file(_ key: String) -> String {
        // The key itself is in the file.
        var hash = StableHash()
        hash.combine(key)
        return "\(folder)/\(String(hash.value, radix: 16)).json"
    }

    private struct Entry: Codable {
        var key: String
        var tokens: [Int]?
        var scores: [[Double]]?

        init(key: String, _ answer: Canary.Answer) {
            self.key = key
            switch answer {
            case .tokens(let tokens): self.tokens = tokens
            case .scores(let scores): self.scores = scores
            }
        }

        var answer: Canary.Answer? { tokens.map(Canary.Answer.tokens) ?? scores.map(Canary.Answer.scores) }
    }
}
