import Decoding
import SpecYAML
import Support

/// A decoded spec, checked in itself but not yet against the files it names.
///
/// Values that could not be decoded are nil; the log has the errors.
package struct ParsedJob {
    static let keys = [
        "name", "seed", "samples", "models", "engine", "datasets", "prompt", "thinking", "decoding", "methods",
        "grading",
    ]

    var name: String?
    var seeds: [UInt64]
    var samples: Int?
    var models: [Role: Located<ModelSpec>]
    var engine: EngineSpec?
    var datasets: [WrittenDataset]
    var prompt: Located<WrittenPrompt>
    /// nil for `auto`.
    var thinking: Located<WrittenThinking>?
    var decoding: DecodingSpec
    /// Whether the spec sets no token limit.
    var hasStandardLimit: Bool
    package var methods: [MethodSpec]
    /// The thresholds that its methods took from other runs.
    let thresholds: [CalibratedThreshold]
    var grading: GradingSpec
    /// The flags in the `args` of the engine and of each model, for engines that rsd-batch starts.
    var flags: [[WrittenFlag]]
    /// Engines that specs may name.
    let kinds: [EngineKind]
    /// What its run was begun with, if one was.
    let pins: RunPins?

    /// Decodes a document; relative paths start at `directory`, that of the spec file.
    init?(_ root: SpecField, directory: String, kinds: [EngineKind], lookup: SpecLookup) {
        guard let job = SpecSection(root, "the job", keys: Self.keys) else { return nil }
        self.kinds = kinds
        name = job.required("name")?.identifier()
        let seeds = job.value("seed", default: [0], Self.decodeSeeds)
        self.seeds = seeds
        samples = job["samples"].flatMap { $0.samples(seeds: seeds.count) }
        let pins = name.flatMap(lookup.pins)
        self.pins = pins
        models =
            job.required("models").map {
                ModelSpec.decodeAll($0, directory: directory, cache: lookup.cache, pins: pins)
            } ?? [:]
        engine = job.required("engine").flatMap { EngineSpec(field: $0, directory: directory, kinds: kinds) }
        datasets = job.required("datasets").map { WrittenDataset.decodeAll($0, directory: directory) } ?? []
        let standard = Located(value: WrittenPrompt.template(PromptTemplate.standard), mark: root.mark)
        prompt = job.value("prompt", default: standard) { WrittenPrompt.decode($0, directory: directory) }
        thinking = job["thinking"].flatMap { field in
            WrittenThinking(field: field).map { Located(value: $0, mark: field.mark) }
        }
        decoding = job.value("decoding", default: .standard, DecodingSpec.init(field:))
        hasStandardLimit = job["decoding"].map { !DecodingSpec.statesLimit($0) } ?? true
        let source = ThresholdSource(
            directory: directory, pinned: pins?.thresholds ?? [], calibrate: lookup.calibrate)
        methods =
            job.required("methods").map { MethodSpec.decodeAll($0, seeds: seeds.count, thresholds: source) } ?? []
        thresholds = source.taken
        grading = job.value("grading", default: GradingSpec(grader: .exact)) {
            GradingSpec(field: $0, directory: directory)
        }
        flags = engine?.residency == .attach ? [] : WrittenFlag.sections(of: root.node, log: root.log)
        if let field = job["models"] { requireModels(at: field) }
        if let field = job["methods"] {
            addSpeculative(at: field)
            warnOfEqualSamples(at: field)
        }
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
            name: name, seeds: seeds, samples: samples, models: models.mapValues(\.value), engine: engine,
            datasets: datasets.map(\.spec), prompt: prompt, thinking: thinking,
            decoding: decoding, methods: methods,
            grading: grading)
    }
}
