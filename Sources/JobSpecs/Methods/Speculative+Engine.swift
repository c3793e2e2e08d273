import Methods
import SpecYAML
import Support

extension Speculative {
    /// The target's model, with the engine flags that add the draft as its speculator.
    package func model(target: ModelSpec, draft: ModelSpec) -> ModelSpec {
        // With the blanks that earlier versions wrote: it is part of what a run is resumed by.
        let config =
            #"{"method": "draft_model", "model": \#(JSONText.string(draft.model)), "num_speculative_tokens": \#(tokens)}"#
        var model = target
        model.args.append(EngineArgument(name: "speculative-config", value: config))
        return model
    }
}

extension ParsedJob {
    /// Adds the engine of the method `speculative`, if the job has one and can use it.
    mutating func addSpeculative(at field: SpecField) {
        let all = methods.compactMap { $0.kind.settings as? Speculative }
        guard let first = all.first else { return }
        if all.contains(where: { $0.tokens != first.tokens }) {
            field.error("all 'speculative' methods of a job share one engine and must have the same 'tokens'")
        }
        if let kind = engine?.kind, !kind.speculates {
            return field.error(
                "\(kind.title) has no speculative decoding; 'speculative' needs \(kinds.names(where: \.speculates))")
        }
        guard engine?.residency != .attach else {
            return field.error(
                "'speculative' needs an engine that rsd-batch starts, but 'residency: attach' starts none; use a server with a "
                    + "speculator as the 'target' of 'target_only'")
        }
        guard let target = models[.target], let draft = models[.draft] else { return }
        models[.speculative] = Located(
            value: first.model(target: target.value, draft: draft.value), mark: target.mark)
    }
}
