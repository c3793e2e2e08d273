import Foundation
import RunnerSupport
import Support

typealias TestJob = RunnerJob<JobSetup>

extension TestJob {
    convenience init() throws { try self.init(JobSetup()) }
}

/// What a test's job consists of; the rest is the same for all of them.
struct JobSetup: JobSource {
    static let limit = Duration.seconds(120)

    /// Which of the demo's problems.
    var problems = 0..<3
    /// Each step is accepted or rejected by a drawn number, whatever the models are worth, so that all phases occur.
    var methods = "[draft_only, target_only, { rsd: { weighting: constant, p: 0.5 } }]"
    var seed = "0"
    var lookahead = "all"
    var maxTokens = 60
    var maxSteps = 3
    /// Bad manners of every engine.
    var faults: [String] = []
    /// Whether only the first process that gets to misbehave does so.
    var faultsActOnce = false
    /// Further arguments of every engine, as `key: value`.
    var arguments: [String] = []
    /// Seconds.
    var stopGrace = 5.0
    /// Further lines of the spec's `engine` section.
    var engine: [String] = []
    /// The `grading` of the spec.
    var grading = "{ with: exact }"
    /// The folder of the draft's checkpoint; nil for that among the models.
    var draft: String?
    /// The folder of the models.
    var models = Programs.repository.appending(path: "demo/models")
    /// Servers that run already, by model; the job then starts none.
    var urls: [String: String] = [:]
    /// Names by which they know their models, where they are others.
    var served: [String: String] = [:]
    /// The environment variable with their key.
    var keyVariable: String?

    /// The same job on engines with good manners.
    var untouched: JobSetup {
        var setup = self
        (setup.faults, setup.faultsActOnce, setup.arguments, setup.engine) = ([], false, [], [])
        setup.stopGrace = JobSetup().stopGrace
        setup.grading = JobSetup().grading
        (setup.urls, setup.served, setup.keyVariable) = ([:], [:], nil)
        setup.models = JobSetup().models
        return setup
    }

    func yaml(scratch: URL) -> String {
        var args = arguments + ["request-log: \(quoted(scratch.appending(path: "requests.jsonl").path))"]
        if !faults.isEmpty { args.append("fault: [\(faults.map(quoted).joined(separator: ", "))]") }
        let acted = scratch.appending(path: "fault-acted").path
        if faultsActOnce { args.append("fault-once: \(quoted(acted))") }
        let settings =
            ["kind: pocket", "stop_grace: \(stopGrace)"] + engine + tail
            + (urls.isEmpty ? ["args: { \(args.joined(separator: ", ")) }"] : ["residency: attach"])
        return """
            name: test
            seed: \(seed)
            models:
              draft: \(model("draft"))
              target: \(model("target"))
              prm: \(model("prm", "profile: token-classification"))
            engine:
              \(settings.joined(separator: "\n  "))
            datasets:
              - { name: heldout, path: problems.jsonl, id: id }
            decoding: { max_tokens: \(maxTokens), max_steps: \(maxSteps), lookahead: \(lookahead) }
            methods: \(methods)
            grading: \(grading)
            """
    }

    /// The number of starts must not depend on how long they take here.
    private var tail: [String] {
        let takesTurns = urls.isEmpty && !engine.contains { $0.hasSuffix("share") || $0.hasPrefix("tail") }
        return takesTurns ? ["tail: never"] : []
    }

    private func model(_ name: String, _ more: String...) -> String {
        let demo = models.appending(path: name).path
        var keys = ["model: \(quoted(name == "draft" ? draft ?? demo : demo))"] + more
        if let url = urls[name] { keys.append("url: \(url)") }
        if let name = served[name] { keys.append("served: \(name)") }
        if let keyVariable, urls[name] != nil { keys.append("key_env: \(keyVariable)") }
        return "{ \(keys.joined(separator: ", ")) }"
    }

    /// The lines of the data set.
    func records() throws -> String {
        let file = Programs.repository.appending(path: "demo/problems.jsonl")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n")[problems]
            .joined(separator: "\n")
    }
}

private func quoted(_ text: String) -> String { "\"\(text)\"" }
