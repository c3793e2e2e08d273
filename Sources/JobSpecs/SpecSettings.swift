import Foundation
import SpecYAML
import Support

/// The settings of a job that are no part of its ``SpecIdentity``, from the spec in a run directory: grading, engine, models' names,
/// data sets' files. Flat: `engine.args.max-model-len`.
package struct SpecSettings: Sendable, Equatable {
    package private(set) var entries: [SpecIdentity.Entry] = []

    /// All settings of a spec, those of its identity included, without values that may be secrets.
    package static func all(_ spec: JobSpec) -> [String: String] {
        var settings = SpecSettings()
        if let document = YAMLParser.parse(SourceText(file: "job.yaml", text: spec.withoutSecrets.renderYAML()))
            .document
        {
            settings.add(document, "")
        }
        return Dictionary(settings.entries.map { ($0.key, $0.value) }) { first, _ in first }
    }

    private init() {}

    /// - Parameter yaml: as ``JobSpec/renderYAML()`` writes it. Anything else has no settings.
    package init(yaml: String) {
        guard let document = YAMLParser.parse(SourceText(file: "job.yaml", text: yaml)).document else { return }
        add(document, "")
        entries.removeAll { Self.isElsewhere($0.key) }
    }

    /// Whether a setting is part of the identity, or names the run.
    private static func isElsewhere(_ key: String) -> Bool {
        let parts = key.split(separator: ".")
        switch parts.first {
        case "seed", "prompt", "thinking", "decoding", "methods", "name": return true
        case "engine": return parts.count == 2 && parts[1] == "kind"
        case "models": return parts.count > 2 && ["profile", "overlong", "context"].contains(parts[2])
        case "datasets": return parts.last == "name"
        default: return false
        }
    }

    private mutating func add(_ node: YAMLNode, _ path: String) {
        switch node.content {
        case .scalar(let scalar): entries.append(.init(key: path, value: scalar.text))
        case .mapping(let fields):
            for field in fields { add(field.value, path.isEmpty ? field.key : "\(path).\(field.key)") }
        case .sequence(let elements) where path == "datasets":
            for element in elements { add(element, "\(path).\(element.name ?? "")") }
        case .sequence: entries.append(.init(key: path, value: node.words))
        }
    }
}

extension YAMLNode {
    /// The value of the key `name`.
    fileprivate var name: String? {
        guard case .mapping(let fields) = content,
            case .scalar(let scalar)? = fields.first(where: { $0.key == "name" })?.value.content
        else { return nil }
        return scalar.text
    }

    /// On one line, for people.
    fileprivate var words: String {
        switch content {
        case .scalar(let scalar): scalar.text
        case .sequence(let elements): "[" + elements.map(\.words).joined(separator: ", ") + "]"
        case .mapping(let fields): "{" + fields.map { "\($0.key): \($0.value.words)" }.joined(separator: ", ") + "}"
        }
    }
}
