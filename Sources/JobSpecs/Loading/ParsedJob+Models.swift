import Checkpoints
import Decoding

extension ParsedJob {
    /// The models that its methods use.
    var neededModels: Set<Role> { Set(methods.flatMap { $0.kind.roles.flatMap(\.models) }) }

    /// Reads a checkpoint.
    ///
    /// - Throws: ``ModelFilesError``.
    func files(of model: ModelSpec, _ places: HubModel.Places) throws(ModelFilesError) -> ModelFiles {
        try model.hub?.check(places)
        return try ModelFiles(directory: model.model)
    }

    /// Checks the needs of an engine, if this program starts it and the model provides its tokenizer.
    func checkNeeds(of role: Role, _ files: ModelFiles) throws(ModelFilesError) {
        let leaders = methods.flatMap { $0.kind.roles.map { $0.models[0] } }
        guard let engine, engine.residency != .attach, leaders.contains(role), let model = models[role]?.value else {
            return
        }
        try EngineNeeds(
            kind: engine.kind, role: role, flags: engine.args(for: model), spread: engine.spread(of: model)
        ).check(files, in: model.model)
    }

    /// The models of the hub that its methods use.
    ///
    /// - Returns: each once, and whether the cache has it with all that an engine needs.
    func hubModels() -> [(model: HubModel, isThere: Bool)] {
        var found: [(model: HubModel, isThere: Bool)] = []
        for role in Role.named where neededModels.contains(role) || methods.isEmpty {
            guard let model = models[role]?.value, let hub = model.hub else { continue }
            let isThere = isComplete(model, as: role)
            if let index = found.firstIndex(where: { $0.model == hub }) {
                found[index].isThere = found[index].isThere && isThere
            } else {
                found.append((hub, isThere))
            }
        }
        return found
    }

    private func isComplete(_ model: ModelSpec, as role: Role) -> Bool {
        do throws(ModelFilesError) {
            try checkNeeds(of: role, files(of: model, HubModel.Places()))
            return true
        } catch {
            return false
        }
    }
}
