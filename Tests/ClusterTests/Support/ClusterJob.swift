import Foundation
import RunnerSupport

/// A job on pocket engines that take their time, so that there is time to disturb them.
struct ClusterJob: JobSource {
    static let limit = Duration.seconds(120)

    var problems = 0..<8
    /// Milliseconds that an engine waits before it answers.
    var delay = 0

    var untouched: ClusterJob { ClusterJob(problems: problems) }

    func yaml(scratch: URL) -> String {
        let models = Programs.repository.appending(path: "demo/models").path
        return """
            name: cluster
            models:
              draft: { model: \(models)/draft }
              target: { model: \(models)/target }
              prm: { model: \(models)/prm, profile: token-classification }
            engine: { kind: pocket, concurrency: 2, stop_grace: 1, args: { delay-ms: \(delay) } }
            datasets:
              - { name: heldout, path: problems.jsonl, id: id }
            decoding: { max_tokens: 60, max_steps: 3 }
            methods: [draft_only, target_only, { rsd: { weighting: constant, p: 0.5 } }]
            grading: { with: exact }
            """
    }

    func records() throws -> String {
        let file = Programs.repository.appending(path: "demo/problems.jsonl")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n")[problems].joined(separator: "\n")
    }
}
