import Foundation
import RunStore
import RunnerSupport
import Testing

extension BeforeRelease {
    /// The README's "Start", from an empty cache, with small checkpoints under the names that `init` writes.
    @Suite struct LongFirstRunTests {
        /// The commands on the section's own lines, after the installation.
        private func commands() throws -> [String] {
            let readme = try String(contentsOf: Programs.repository.appending(path: "README.md"), encoding: .utf8)
            let section = try #require(readme.firstMatch(of: #/\n## Start\n(?s).*?```sh\n(.*?)```/#)?.1)
            return section.split(separator: "\n").map(String.init).filter { $0.hasPrefix("rsd-batch ") }
        }

        @Test("the README's first commands lead from nothing to results") func firstCommands() async throws {
            let commands = try commands()
            try #require(commands.count == 3 && commands[0].hasPrefix("rsd-batch init job.yaml"))
            let hub = try await LocalHub()
            try FileManager.default.removeItem(at: hub.file("job.yaml"))
            let first = try await hub.shell(commands[0])
            #expect(first.code == 0, "\(first.messages)")
            // No network: a few of the demo's problems in place of the named data set.
            let problems = Programs.repository.appending(path: "demo/problems.jsonl").path
            let job = try String(contentsOf: hub.file("job.yaml"), encoding: .utf8)
            let named = try #require(job.firstRange(of: #/\{ name: math500, limit: \d+ \}/#))
            try job.replacing(job[named], with: "{ name: heldout, path: \(problems), limit: 3 }")
                .write(to: hub.file("job.yaml"), atomically: true, encoding: .utf8)
            let names = job.matches(of: #/(draft|target|prm): \{ model: ([^ ,]+)/#).map { (String($0.1), String($0.2)) }
            try #require(names.map(\.0) == ["draft", "target", "prm"])
            let checkpoints = ["draft", "target"].map {
                Programs.repository.appending(path: "demo/models/\($0)").path
            }
            for (name, checkpoint) in zip(names, checkpoints + [TestModels.path("prm-skywork")]) {
                try hub.publish(name.1, from: checkpoint)
            }
            for command in commands.dropFirst() {
                let ended = try await hub.shell(command)
                #expect(ended.code == 0, "\(command): \(ended.messages)")
            }
            let results = try String(contentsOf: hub.file("runs/job/results.jsonl"), encoding: .utf8)
            #expect(results.split(separator: "\n").count == 9)
        }
    }
}
