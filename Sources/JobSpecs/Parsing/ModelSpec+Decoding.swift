import Decoding
import Foundation
import Hub
import SpecYAML
import Support

extension ModelSpec {
    static func decodeAll(
        _ field: SpecField, directory: String, cache: HubCache, pins: RunPins?
    ) -> [Role: Located<ModelSpec>] {
        guard let section = SpecSection(field, "models", keys: Role.named.map(\.rawValue)) else {
            return [:]
        }
        var models: [Role: Located<ModelSpec>] = [:]
        for role in Role.named {
            models[role] = section[role.rawValue].flatMap {
                decode($0, as: role, directory: directory, cache: cache, pins: pins)
            }
        }
        return models
    }

    private static func decode(
        _ field: SpecField, as role: Role, directory: String, cache: HubCache, pins: RunPins?
    ) -> Located<ModelSpec>? {
        let keys =
            ["model", "revision", "context", "parameters", "args"] + (role == .prm ? ["profile", "overlong"] : [])
            + ServerSpec.keys
        guard let section = SpecSection(field, role.rawValue, keys: keys) else { return nil }
        let model = section.required("model")
        let revision = section["revision"]
        let named = revision.map { $0.revision() } ?? HubRevision.standard
        let source = named.flatMap { model?.model(revision: $0, from: directory, cache: cache, pins: pins) }
        let context: Int? = section["context"].flatMap { $0.integer(in: 1...SpecLimit.tokens) }
        let parameters = section["parameters"].flatMap { $0.parameters() }
        let args = section.value("args", default: [], EngineArgument.decodeAll)
        let profile = role == .prm ? section.required("profile").flatMap(PRMProfile.init(field:)) : nil
        let overlong =
            role == .prm ? section.value("overlong", default: .fail) { $0.choice(of: OverlongPolicy.self) } : nil
        guard let source, let model else { return nil }
        if source.hub == nil, let revision {
            revision.error(
                "'revision' is for a model on the Hugging Face hub, and \(source.path) is a path; name the model as on the hub, such as "
                    + "Qwen/Qwen2.5-Math-7B-Instruct, or leave 'revision' out")
        }
        return Located(
            value: ModelSpec(
                model: source.path, hub: source.hub, context: context, parameters: parameters, args: args,
                profile: profile, overlong: overlong, server: ServerSpec(section)),
            mark: model.mark)
    }
}

extension SpecField {
    /// A directory, if there is one at this path; otherwise a name on the hub, if it may be one. A repository's own folder in a cache
    /// stands for its snapshot.
    fileprivate func model(
        revision: String, from directory: String, cache: HubCache, pins: RunPins?
    ) -> (path: String, hub: HubModel?)? {
        guard let text = word() else { return nil }
        if let repository = HubRepository(.model, named: text),
            !FileManager.default.fileExists(atPath: plainPath(directory + "/" + text))
        {
            let hub = HubModel(cache.folder(of: repository), isFolder: false, revision: revision, pins: pins)
            return (hub.snapshot?.path ?? text, hub)
        }
        guard let path = path(from: directory) else { return nil }
        guard let folder = HubFolder(path: path), folder.repository.kind == .model else { return (path, nil) }
        let hub = HubModel(folder, isFolder: true, revision: revision, pins: pins)
        return (hub.snapshot?.path ?? path, hub)
    }

    fileprivate func revision() -> String? {
        guard let text = word() else { return nil }
        return HubRevision.isValid(text)
            ? text : fail("'\(name)' must be a branch, a tag or a commit, found \(quoted(text))")
    }

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
