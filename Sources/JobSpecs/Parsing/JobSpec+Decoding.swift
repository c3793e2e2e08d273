import Decoding
import SpecYAML
import Support

/// A decoded spec, checked in itself but not yet against the files it names.
///
/// Values that could not be decoded are nil; the log has the errors.
package struct ParsedJob {
    static let keys = [
        "name", "seed", "models", "engine", "datasets", "prompt", "thinking", "decoding", "methods", "grading",
    ]

    var name: String?
    var seeds: [UInt64]
    var models: [Role: Located<ModelSpec>]
    var engine: EngineSpec?
    var datasets: [WrittenDataset]
    var prompt: Located<WrittenPrompt>
    /// nil for `auto`.
    var thinking: Located<WrittenThinking>?
    var decoding: DecodingSpec
    /// Whether the spec sets no token limit.
    var hasStandardLimit: Bool
    var methods: [MethodSpec]
    var grading: GradingSpec
    /// The flags in the `args` of the engine and of each model, for engines that rsd-batch starts.
    var flags: [[WrittenFlag]]
    /// Engines that specs may name.
    let kinds: [EngineKind]

    /// Decodes a document; relative paths start at `directory`, that of the spec file.
    init?(_ root: SpecField, directory: String, kinds: [EngineKind]) {
        guard let job = SpecSection(root, "the job", keys: Self.keys) else { return nil }
        self.kinds = kinds
        name = job.required("name")?.identifier()
        seeds = job.value("seed", default: [0], Self.decodeSeeds)
        models = job.required("models").map { ModelSpec.decodeAll($0, directory: directory) } ?? [:]
        engine = job.required("engine").flatMap { EngineSpec(field: $0, directory: directory, kinds: kinds) }
        datasets = job.required("datasets").map { WrittenDataset.decodeAll($0, directory: directory) } ?? []
        let standard = Located(value: WrittenPrompt.template(PromptTemplate.standard), mark: root.mark)
        prompt = job.value("prompt", default: standard) { WrittenPrompt.decode($0, directory: directory) }
        thinking = job["thinking"].flatMap { field in
            WrittenThinking(field: field).map { Located(value: $0, mark: field.mark) }
        }
        decoding = job.value("decoding", default: .standard, DecodingSpec.init(field:))
        hasStandardLimit = job["decoding"].map { !DecodingSpec.statesLimit($0) } ?? true
        methods = job.required("methods").map(MethodSpec.decodeAll) ?? []
        grading = job.value("grading", default: GradingSpec(grader: .exact)) {
            GradingSpec(field: $0, directory: directory)
        }
        flags = engine?.residency == .attach ? [] : WrittenFlag.sections(of: root.node, log: root.log)
        if let field = job["models"] { requireModels(at: field) }
        if let field = job["methods"] { addSpeculative(at: field) }
        if let field = job["engine"] { checkResidency(at: field) }
        if case .chat = prompt.value, let kind = engine?.kind, !kind.rendersChat {
            root.log.error(
                at: prompt.mark,
                "\(kind.title) has no chat templates; set a text that contains {question}, or use "
                    + kinds.names(where: \.rendersChat))
        }
        checkProfile(log: root.log)
    }

    /// A seed, or a list of seeds: each problem is then solved once per seed.
    private static func decodeSeeds(_ field: SpecField) -> [UInt64]? {
        guard case .sequence = field.node.content else { return field.integer(in: 0...UInt64.max).map { [$0] } }
        var (seeds, known) = ([UInt64](), Set<UInt64>())
        for element in field.elements(named: "seed") ?? [] {
            guard let seed: UInt64 = element.integer(in: 0...UInt64.max) else { continue }
            if !known.insert(seed).inserted {
                element.error("duplicate seed \(seed)")
            } else {
                seeds.append(seed)
            }
        }
        return seeds.isEmpty ? nil : seeds
    }

    /// Checks that every model that a method needs is defined; further models are allowed.
    private func requireModels(at field: SpecField) {
        guard case .mapping(let entries) = field.node.content else { return }
        let named = Set(entries.map(\.key))
        for role in Role.named where models[role] == nil && !named.contains(role.rawValue) {
            guard let method = methods.first(where: { $0.kind.roles.contains { $0.models.contains(role) } }) else {
                continue
            }
            field.error("the method '\(method.name)' needs the model '\(role.rawValue)', which is not defined")
        }
    }

    private func checkProfile(log: DiagnosticLog) {
        guard let kind = engine?.kind, let prm = models[.prm], let profile = prm.value.profile?.name,
            let served = kind.profiles, !served.contains(profile)
        else { return }
        log.error(
            at: prm.mark,
            "the profile '\(profile.rawValue)' needs \(kinds.names { $0.profiles?.contains(profile) ?? true }); "
                + "\(kind.title) supports only \(served.map { "'\($0.rawValue)'" }.joined(separator: ", "))")
    }

    /// The spec, if everything was decoded.
    func spec(prompt: PromptSpec, thinking: ThinkingSpec?) -> JobSpec? {
        guard let name, let engine else { return nil }
        return JobSpec(
            name: name, seeds: seeds, models: models.mapValues(\.value), engine: engine,
            datasets: datasets.map(\.spec), prompt: prompt, thinking: thinking,
            decoding: decoding, methods: methods,
            grading: grading)
    }
}

extension ModelSpec {
    static func decodeAll(_ field: SpecField, directory: String) -> [Role: Located<ModelSpec>] {
        guard let section = SpecSection(field, "models", keys: Role.named.map(\.rawValue)) else {
            return [:]
        }
        var models: [Role: Located<ModelSpec>] = [:]
        for role in Role.named {
            models[role] = section[role.rawValue].flatMap { decode($0, as: role, directory: directory) }
        }
        return models
    }

    private static func decode(_ field: SpecField, as role: Role, directory: String) -> Located<ModelSpec>? {
        let keys =
            ["model", "context", "parameters", "args"] + (role == .prm ? ["profile", "overlong"] : []) + ServerSpec.keys
        guard let section = SpecSection(field, role.rawValue, keys: keys) else { return nil }
        let model = section.required("model")
        let path = model?.path(from: directory)
        let context: Int? = section["context"].flatMap { $0.integer(in: 1...SpecLimit.tokens) }
        let parameters = section["parameters"].flatMap { $0.parameters() }
        let args = section.value("args", default: [], EngineArgument.decodeAll)
        let profile = role == .prm ? section.required("profile").flatMap(PRMProfile.init(field:)) : nil
        let overlong =
            role == .prm ? section.value("overlong", default: .fail) { $0.choice(of: OverlongPolicy.self) } : nil
        guard let path, let model else { return nil }
        return Located(
            value: ModelSpec(
                model: path, context: context, parameters: parameters, args: args, profile: profile, overlong: overlong,
                server: ServerSpec(section)),
            mark: model.mark)
    }
}

extension SpecField {
    /// A number of weights: `7615616512`, `7.6e9`, or `7.6B` as in model names.
    ///
    /// Values below a thousand are refused, since `7` probably means `7B`.
    fileprivate func parameters() -> Int? {
        let (range, limits) = (1000...SpecLimit.weights, "from 1000 to 1000T, such as 7.6B")
        if let text = scalar?.text, scalar?.meaning == .text,
            let match = text.wholeMatch(of: /([0-9]+(?:\.[0-9]+)?) ?([KMBT])/), let number = Double(match.1)
        {
            let units: [Substring: Double] = ["K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12]
            let unit = units[match.2] ?? 1
            let product = number * unit
            return range.contains(product) ? Int(bounding: product) : outside(limits)
        }
        return number(limits) { range.contains($0) }.map(Int.init(bounding:))
    }
}
