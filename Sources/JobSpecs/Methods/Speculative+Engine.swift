import Methods
import SpecYAML
import Support

extension Speculative {
    /// The target's model as its engine is started with the draft beside it.
    package func model(target: ModelSpec, draft: ModelSpec) -> ModelSpec {
        let settings = [
            "method": "\"draft_model\"", "model": doubleQuoted(draft.model), "num_speculative_tokens": "\(tokens)",
        ]
        let json = settings.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ")
        var model = target
        model.args.append(EngineArgument(name: "speculative-config", value: "{\(json)}"))
        return model
    }
}

extension ParsedJob {
    /// Adds the engine of the method `speculative`, where there is one and it can be.
    mutating func addSpeculative(at field: SpecField) {
        let all = methods.compactMap { $0.kind.settings as? Speculative }
        guard let first = all.first else { return }
        if all.contains(where: { $0.tokens != first.tokens }) {
            field.error("one engine serves all 'speculative' methods of a job: they must have the same 'tokens'")
        }
        if let kind = engine?.kind, !kind.speculates {
            return field.error(
                "\(kind.title) has no speculative decoding: 'speculative' needs \(kinds.names(where: \.speculates))")
        }
        guard engine?.residency != .attach else {
            return field.error(
                "'speculative' is an engine that this program starts, and 'residency: attach' starts none; a server with "
                    + "a speculator can be the 'target' of 'target_only'")
        }
        guard let target = models[.target], let draft = models[.draft] else { return }
        models[.speculative] = Located(
            value: first.model(target: target.value, draft: draft.value), mark: target.mark)
    }
}
