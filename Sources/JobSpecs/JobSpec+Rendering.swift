import Datasets
import Decoding
import SpecYAML
import Support

extension JobSpec {
    /// The effective spec, with every default: YAML that loads as an equal spec from any directory.
    package func renderYAML() -> String {
        var lines = [
            "name: \(YAMLWriter.text(name))",
            "seed: " + (seeds.count == 1 ? String(seed) : list(seeds.map { String($0) })),
        ]
        if let samples { lines.append("samples: \(samples)") }
        lines.append("models:")
        for role in Role.named {
            guard let model = models[role] else { continue }
            lines.append("  \(role.rawValue): " + flow(model.yaml))
        }
        lines += ["engine:"] + engine.yaml.map { "  \($0): \($1)" }
        lines += ["datasets:"] + datasets.map { "  - " + flow($0.yaml) }
        lines += ["prompt: " + prompt.yaml] + (thinkingYAML.map { ["thinking: " + $0] } ?? [])
        lines += ["decoding:"] + decoding.yaml.map { "  \($0): \($1)" }
        lines += ["methods:"] + methods.map { "  - { \($0.kind.key): \(flow($0.yaml)) }" }
        lines += ["grading: " + flow(grading.grader.yaml)]
        return lines.joined(separator: "\n") + "\n"
    }
}

extension JobSpec {
    fileprivate var thinkingYAML: String? {
        switch thinking {
        case nil: nil
        case .off: "none"
        case .marked(let marks): flow(marks.yaml(for: Role.named.filter { models[$0] != nil && $0 != .prm }))
        }
    }
}

extension MarkedThinking {
    /// - Parameter writers: the models that write.
    package func yaml(for writers: [Role]) -> [(key: String, value: String)] {
        let starts = writers.map { (key: $0.rawValue, value: (open.contains($0) ? Start.prompt : .response).rawValue) }
        let words = Set(starts.map(\.value))
        return [
            ("begin", doubleQuoted(begin)), ("end", doubleQuoted(end)),
            ("starts", words.count == 1 ? starts[0].value : flow(starts)), ("prm", prm.rawValue),
        ]
    }
}

/// Keys and rendered values, in output order.
private typealias Pairs = [(key: String, value: String)]

private func flow(_ pairs: Pairs) -> String {
    pairs.isEmpty ? "{}" : "{ " + pairs.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + " }"
}

/// A path, none of whose characters is expanded when it is read back.
private func pathText(_ path: String) -> String { YAMLWriter.text(path.replacing("$", with: "$$")) }

private func list(_ elements: [String]) -> String { "[" + elements.joined(separator: ", ") + "]" }

extension ModelSpec {
    fileprivate var yaml: Pairs {
        var pairs: Pairs = [("model", pathText(hub.map { $0.isFolder ? $0.folder.path : $0.name } ?? model))]
        if let hub { pairs.append(("revision", YAMLWriter.text(hub.commitOrRevision))) }
        if let context { pairs.append(("context", String(context))) }
        if let parameters { pairs.append(("parameters", String(parameters))) }
        if !args.isEmpty { pairs.append(("args", flow(args.yaml))) }
        if let profile { pairs.append(("profile", profile.yaml)) }
        if let overlong { pairs.append(("overlong", overlong.rawValue)) }
        if let server {
            pairs.append(("url", YAMLWriter.text(server.url)))
            if let variable = server.keyVariable { pairs.append(("key_env", variable)) }
            if let served = server.served { pairs.append(("served", YAMLWriter.text(served))) }
        }
        return pairs
    }
}

extension PRMProfile {
    fileprivate var yaml: String {
        let options = options
        return options.isEmpty ? name.rawValue : flow([("name", name.rawValue)] + options)
    }

    /// The settings of the profile, as in a spec.
    var options: [(key: String, value: String)] {
        switch self {
        case .skywork(let stepToken): [("step_token", doubleQuoted(stepToken))]
        case .tokenClassification, .sequenceClassification, .qwenPRM, .mathShepherd, .rlhflow, .judge: []
        }
    }
}

extension EngineSpec {
    fileprivate var yaml: Pairs {
        let env: Pairs = env.sorted { $0.key < $1.key }.map {
            (YAMLWriter.text($0.key), doubleQuoted($0.value))
        }
        var pairs: Pairs = [("kind", kind.name)]
        if let venv { pairs.append(("venv", pathText(venv))) }
        pairs.append(("residency", residency.rawValue))
        if let warm { pairs.append(("warm", String(warm))) }
        if let groups { pairs.append(("groups", list(groups.map { list($0.map(\.rawValue)) }))) }
        if residency == .sleep { pairs.append(("sleep_level", String(sleepLevel))) }
        if residency != .share, residency != .attach { pairs.append(("tail", tail.yaml)) }
        if residency != .attach { pairs += [("args", flow(args.yaml)), ("env", flow(env))] }
        return pairs + [
            ("concurrency", concurrency.map { String($0) } ?? Self.followsEngine),
            ("start_timeout", startTimeout.plain),
            ("stall_timeout", stallTimeout.plain), ("stop_grace", stopGrace.plain),
        ]
    }
}

extension [EngineArgument] {
    /// Each flag once, at its first place; a flag with several values has a list.
    fileprivate var yaml: Pairs {
        var names: [String] = []
        for argument in self where !names.contains(argument.name) { names.append(argument.name) }
        return names.map { name in
            let values = filter { $0.name == name }.map { $0.value.map(doubleQuoted) ?? "true" }
            return (
                YAMLWriter.text(name),
                values.count == 1 ? values[0] : list(values)
            )
        }
    }
}

extension DatasetSpec {
    fileprivate var yaml: Pairs {
        var pairs: Pairs = [
            ("name", YAMLWriter.text(name)), ("path", isRemote || hub != nil ? YAMLWriter.text(path) : pathText(path)),
        ]
        func add(_ key: String, _ value: String?) {
            if let value { pairs.append((key, value)) }
        }
        add("config", config.map(YAMLWriter.text))
        add("split", split.map(YAMLWriter.text))
        add("revision", revision.map(YAMLWriter.text))
        add("sha256", sha256.map(YAMLWriter.text))
        add("records", records.map(String.init))
        add("format", format?.rawValue)
        add("reader", reader)
        add("question", question.map(YAMLWriter.text))
        add("answer", answer.map(YAMLWriter.text))
        add("choices", choices?.yaml)
        add("id", id.map(YAMLWriter.text))
        add("meta", meta.map { list($0.map(YAMLWriter.text)) })
        add("shuffle", shuffle.map(String.init))
        add("start", start > 0 ? String(start) : nil)
        add("limit", limit.map(String.init))
        return pairs
    }
}

extension ChoiceFields {
    fileprivate var yaml: String {
        switch self {
        case .field(let name): YAMLWriter.text(name)
        case .fields(let names): list(names.map(YAMLWriter.text))
        }
    }
}

extension PromptSpec {
    fileprivate var yaml: String {
        switch self {
        case .template(let template): template.yaml
        case .chat(let chat): flow([("chat", flow(chat.yaml))])
        }
    }
}

extension ChatPrompt {
    fileprivate var yaml: Pairs {
        (system.map { [("system", doubleQuoted($0))] } ?? []) + [("user", doubleQuoted(user))]
    }
}

extension PromptTemplate {
    fileprivate var yaml: String {
        let text = doubleQuoted(text)
        return name == Self.inlineName ? text : flow([("name", YAMLWriter.text(name)), ("text", text)])
    }
}

extension GraderKind {
    fileprivate var yaml: Pairs {
        switch self {
        case .exact: [("with", key.rawValue)]
        case .mathVerify(let python, let timeout):
            [("with", key.rawValue)] + (python.map { [("python", pathText($0))] } ?? [])
                + [("timeout", timeout.plain)]
        case .command(let command):
            [
                ("with", key.rawValue), ("command", list(command.words.map(doubleQuoted))),
                ("directory", pathText(command.directory)), ("timeout", command.timeout.plain),
            ]
        }
    }
}

extension DecodingSpec {
    package var yaml: [(key: String, value: String)] {
        [
            ("delimiter", doubleQuoted(delimiter)), (tokens.key, String(tokens.count)),
            ("max_steps", String(maxSteps)), ("temperature", temperature.plain), ("top_p", topP.plain),
            ("lookahead", lookahead.yaml),
        ]
    }
}

extension TokenLimit {
    /// Its key in a spec.
    package var key: String {
        switch self {
        case .response: "max_tokens"
        case .call: "max_tokens_per_call"
        }
    }
}

extension Lookahead {
    var yaml: String {
        switch self {
        case .auto: "auto"
        case .all: "all"
        case .steps(let count): String(count)
        }
    }
}

extension MethodSpec {
    fileprivate var yaml: Pairs {
        var pairs = [("name", YAMLWriter.text(name))] + kind.settings.yaml
        if let samples { pairs.append((Self.samplesKey, String(samples))) }
        if let temperature { pairs.append((Self.temperatureKey, temperature.plain)) }
        if let topP { pairs.append((Self.topPKey, topP.plain)) }
        return pairs
    }
}

extension MethodSpec {
    /// All its settings but the name, as in a spec.
    package var settings: [(key: String, value: String)] { yaml.filter { $0.key != "name" } }
}
