import SpecYAML
import Support

extension EngineSpec {
    package static let keys =
        ["kind", "venv"] + WrittenResidency.keys
        + ["warm", "args", "env", "concurrency", "start_timeout", "stall_timeout", "stop_grace"]

    /// Flags that the runner sets for every engine.
    static let ownFlags: Set<String> = [
        "api-key", "convert", "enable-sleep-mode", "generation-config", "host", "model", "pooler-config", "port",
        "runner", "seed", "served-model-name", "task", "uds",
    ]

    /// - Parameter directory: the spec file's, the base of relative paths.
    init?(field: SpecField, directory: String, kinds: [EngineKind]) {
        guard let section = SpecSection(field, "engine", keys: Self.keys) else { return nil }
        let kind = section.required("kind")?.choice(among: kinds.map { ($0.name, $0) }, called: "engine")
        let venv = section["venv"].flatMap { $0.path(from: directory) }
        if let field = section["venv"], kind?.usesVenv == false {
            field.error("'venv' applies to \(kinds.names(where: \.usesVenv)); remove it")
        }
        let residency = WrittenResidency(section, engine: kind)
        let warm = section["warm"].flatMap { $0.bool() }
        if let field = section["warm"], residency.kind == .attach {
            field.error("'warm' applies to engines that rsd-batch starts; remove it")
        }
        let args = section.value("args", default: [], EngineArgument.decodeAll)
        let env = section.value("env", default: [:], Self.environment)
        let concurrency = section["concurrency"].flatMap(Self.requests)
        func seconds(_ key: String, default fallback: Double) -> Double {
            section.value(key, default: fallback) { $0.seconds() }
        }
        let start = seconds("start_timeout", default: 600)
        let stall = seconds("stall_timeout", default: 600)
        let grace = seconds("stop_grace", default: 10)
        guard let kind else { return nil }
        self.init(
            kind: kind, venv: venv, residency: residency.kind, warm: warm, groups: residency.groups,
            sleepLevel: residency.sleepLevel, tail: residency.tail, args: args, env: env, concurrency: concurrency,
            startTimeout: start, stallTimeout: stall, stopGrace: grace)
    }

    /// The value of `concurrency` that derives it from the engine's settings.
    static let followsEngine = "auto"

    private static func requests(_ field: SpecField) -> Int? {
        field.scalar?.text == followsEngine ? nil : field.integer(in: 1...SpecLimit.requests)
    }

    private static func environment(_ field: SpecField) -> [String: String]? {
        guard let entries = field.entries() else { return nil }
        var environment: [String: String] = [:]
        for (key, value) in entries {
            if key.value.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) == nil {
                field.log.error(
                    at: key.mark, "\(quoted(key.value)) is not a valid name for an environment variable")
            }
            environment[key.value] = value.asWritten()
        }
        return environment
    }
}

extension EngineArgument {
    /// Decodes flags: `key: value` is `--key value`, `true` the bare flag, `false` no flag, and a list repeats the flag.
    static func decodeAll(_ field: SpecField) -> [EngineArgument]? {
        guard let entries = field.entries() else { return nil }
        var arguments: [EngineArgument] = []
        for (key, value) in entries {
            check(key, log: field.log)
            switch value.node.content {
            case .scalar(let scalar):
                if case .bool(let isOn) = scalar.meaning {
                    if isOn { arguments.append(EngineArgument(name: key.value, value: nil)) }
                } else if let text = value.asWritten() {
                    arguments.append(EngineArgument(name: key.value, value: text))
                }
            case .sequence(let nodes):
                for node in nodes {
                    let element = SpecField(name: key.value, node: node, log: field.log)
                    if case .bool = element.scalar?.meaning {
                        element.error(
                            "a list for '\(key.value)' can contain only text and numbers; put \(element.scalar?.text ?? "") in quotes"
                        )
                    } else if let text = element.asWritten() {
                        arguments.append(EngineArgument(name: key.value, value: text))
                    }
                }
            case .mapping:
                value.mismatch("text, a number, true, false or a list")
            }
        }
        return arguments
    }

    private static func check(_ key: Located<String>, log: DiagnosticLog) {
        if let refusal = refusal(of: key.value) { log.error(at: key.mark, refusal) }
    }

    /// Why no engine can have a flag of this name; nil if one may.
    static func refusal(of name: String) -> String? {
        if name.hasPrefix("-") {
            return "write the flag '\(name)' without dashes: '\(name.drop { $0 == "-" })'"
        }
        if name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]*/) == nil {
            return "\(quoted(name)) is not a valid name for a flag"
        }
        let whole = String(name.prefix { $0 != "." }).replacing("_", with: "-")
        return EngineSpec.ownFlags.contains(whole) ? "'\(name)' is set by the runner; remove it" : nil
    }
}

extension SpecField {
    /// The characters of text, a number or a boolean, as written in the spec.
    fileprivate func asWritten() -> String? {
        guard let scalar, scalar.meaning != .null else { return expected("text or a number") }
        guard !scalar.text.contains("\0") else { return fail("'\(name)' contains a NUL character") }
        return scalar.text
    }
}
