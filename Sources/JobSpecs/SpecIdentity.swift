import Datasets
import Decoding
import Support

/// The settings that must not change when a run is resumed: everything that generated text depends on.
///
/// Grading, residency, and the engine's arguments, environment and timeouts are not part of it.
package struct SpecIdentity: Sendable, Equatable, Codable {
    /// One setting: its key in the spec, and its value as text.
    package struct Entry: Sendable, Equatable, Codable {
        package var key: String
        package var value: String

        package init(key: String, value: String) {
            (self.key, self.value) = (key, value)
        }
    }

    /// A setting that differs; old or new value is nil if only the other exists.
    package struct Change: Sendable, Equatable, CustomStringConvertible {
        package var key: String
        package var old: String?
        package var new: String?

        package init(key: String, old: String?, new: String?) {
            (self.key, self.old, self.new) = (key, old, new)
        }

        /// `methods.rsd.threshold: 0.7 → 0.8`
        package var description: String {
            "\(key): \(old ?? "(none)") → \(new ?? "(none)")"
        }
    }

    /// In the order of the spec.
    package private(set) var entries: [Entry] = []

    package init(_ job: LoadedJob) {
        let spec = job.spec
        if job.rules != .first { add(Self.rulesKey, String(job.rules.rawValue)) }
        add("seed", spec.seeds.map { String($0) }.joined(separator: ", "))
        if spec.standardSamples != spec.seeds.count { add("samples", String(spec.standardSamples)) }
        for role in Role.named {
            guard let model = spec.models[role], let files = job.models[role] else { continue }
            // Not its path: the same files elsewhere are the same model.
            if let profile = model.profile {
                add("models.\(role.rawValue).profile", profile.name.rawValue)
                for (key, value) in profile.options { add("models.\(role.rawValue).profile.\(key)", value) }
            }
            if let overlong = model.overlong { add("models.\(role.rawValue).overlong", overlong.rawValue) }
            if let context = model.context { add("models.\(role.rawValue).context", String(context)) }
            add("models.\(role.rawValue).files", "sha256:" + files.fingerprint)
        }
        add("engine.kind", spec.engine.kind.name)
        add("datasets", job.allProblems.keys.joined(separator: ", "))
        for (name, problems) in job.allProblems {
            let keys = Keys(dataset: name)
            add(keys.count, String(problems.count))
            add(keys.questions, Self.questions(of: problems))
            add(keys.answers, Self.answers(of: problems))
        }
        addPrompt(spec)
        addThinking(spec)
        var decoding = spec.decoding
        // Both draw the same texts.
        if decoding.lookahead == .auto { decoding.lookahead = .all }
        for (key, value) in decoding.yaml { add("decoding.\(key)", value) }
        add("methods", spec.methods.map(\.name).joined(separator: ", "))
        for method in spec.methods {
            add("methods.\(method.name).kind", method.kind.key)
            for (key, value) in method.kind.settings.yaml { add("methods.\(method.name).\(key)", value) }
            addSampling(of: method, in: spec)
        }
    }

    private static let rulesKey = "rules"

    /// Whether it says how models think. Runs of versions that did not recognise thoughts say nothing.
    var knowsThinking: Bool {
        entries.contains { $0.key.split(separator: ".").first == Substring(Self.thinkingKey) }
    }

    /// The decoding rules of a run with this identity. Without an entry, as in early versions, the first rules apply.
    /// An unknown entry, of a later version, makes the identity differ from all made here.
    var rules: DecodingRules {
        guard let entry = entries.first(where: { $0.key == Self.rulesKey }) else { return .first }
        return Int(entry.value).flatMap(DecodingRules.init) ?? .current
    }

    /// The settings that the responses of a role's model depend on, as text: equal for roles that get the same responses to the
    /// same requests. A request says the rest: the question, the steps so far, sampling and limits.
    package func settings(of role: Role) -> [String] {
        let roles = role.models.map(\.rawValue)
        let others = Set(Role.named.map(\.rawValue)).subtracting(roles)
        // The draft of `speculative` changes no text, but the tokens counted.
        let own = role == .speculative ? [role.rawValue] : []
        return own
            + entries.compactMap { entry in
                var parts = entry.key.split(separator: ".", maxSplits: 2).map(String.init)
                switch parts[0] {
                case "models", "prompt", Self.thinkingKey:
                    if parts.count > 1 {
                        if others.contains(parts[1]) { return nil }
                        if parts[0] == "models", !roles.contains(parts[1]) { return nil }
                        if let index = roles.firstIndex(of: parts[1]) { parts[1] = String(index) }
                    }
                case "engine": break
                case "decoding" where parts.last == "delimiter": break
                default: return nil
                }
                return "\(parts.joined(separator: ".")): \(entry.value)"
            }
    }

    /// SHA-256 over all entries, in hexadecimal: equal for equal identities, on every machine.
    package var hash: String {
        var hash = SHA256()
        for entry in entries {
            hash.update(field: entry.key)
            hash.update(field: entry.value)
        }
        return hash.hex()
    }

    /// Differences from an earlier identity, in the order of the spec; removed settings come last.
    package func difference(from old: SpecIdentity) -> [Change] {
        let before = Dictionary(old.entries.map { ($0.key, $0.value) }) { first, _ in first }
        let keys = Set(entries.map(\.key))
        return entries.filter { before[$0.key] != $0.value }.map {
            Change(key: $0.key, old: before[$0.key], new: $0.value)
        }
            + old.entries.filter { !keys.contains($0.key) }.map {
                Change(key: $0.key, old: $0.value, new: nil)
            }
    }

    private mutating func addPrompt(_ spec: JobSpec) {
        switch spec.prompt {
        case .template(let template): add("prompt", doubleQuoted(template.text))
        case .chat(let chat):
            add("prompt", "chat")
            if let system = chat.system { add("prompt.system", doubleQuoted(system)) }
            add("prompt.user", doubleQuoted(chat.user))
            // Only flags that change a model's input.
            for role in Role.named {
                guard let model = spec.models[role] else { continue }
                for argument in spec.engine.args(for: model) where EngineArgument.chatFlags.contains(argument.flag) {
                    add("prompt.\(role.rawValue).\(argument.flag)", argument.value ?? "true")
                }
            }
        }
    }

    /// What a method does otherwise than the job's other methods. What it only repeats makes no difference.
    private mutating func addSampling(of method: MethodSpec, in spec: JobSpec) {
        func add(_ key: String, _ value: String) { self.add("methods.\(method.name).\(key)", value) }
        let count = spec.samples(of: method)
        if count != spec.standardSamples { add(MethodSpec.samplesKey, String(count)) }
        if let temperature = method.temperature, temperature != spec.decoding.temperature {
            add(MethodSpec.temperatureKey, temperature.plain)
        }
        if let topP = method.topP, topP != spec.decoding.topP { add(MethodSpec.topPKey, topP.plain) }
    }

    /// The key of `thinking`, and the beginning of those of its settings.
    static let thinkingKey = "thinking"

    private mutating func addThinking(_ spec: JobSpec) {
        switch spec.thinking {
        case nil: break
        case .off: add(Self.thinkingKey, "none")
        case .marked(let marks):
            for (key, value) in marks.yaml(for: Role.named.filter { spec.models[$0] != nil && $0 != .prm }) {
                add("\(Self.thinkingKey).\(key)", value)
            }
        }
    }

    private mutating func add(_ key: String, _ value: String) {
        entries.append(Entry(key: key, value: value))
    }

    /// The keys of a data set.
    package struct Keys: Sendable {
        package var count, questions, answers: String
        package var all: [String] { [count, questions, answers] }

        package init(dataset name: String) {
            (count, questions, answers) = (
                "datasets.\(name).count", "datasets.\(name).questions", "datasets.\(name).answers"
            )
        }
    }

    package static func questions(of problems: some Collection<Problem>) -> String {
        digest(problems) { [$0.id, $0.question] }
    }

    package static func answers(of problems: some Collection<Problem>) -> String {
        digest(problems) { [$0.id, $0.answer] }
    }

    private static func digest(_ problems: some Collection<Problem>, _ fields: (Problem) -> [String]) -> String {
        var hash = SHA256()
        for problem in problems {
            for field in fields(problem) { hash.update(field: field) }
        }
        return "sha256:" + hash.hex()
    }
}
