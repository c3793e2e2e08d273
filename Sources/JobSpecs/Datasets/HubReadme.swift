import SpecYAML
import Support

/// The `configs` in the front matter of a data set's README.
enum HubReadme {
    /// - Returns: none if the README has none.
    /// - Throws: ``Unreadable``.
    static func configs(_ readme: String) throws(Unreadable) -> [HubLayout.Config] {
        guard let front = frontMatter(of: readme) else { return [] }
        let (document, faults) = YAMLParser.parse(SourceText(file: "README.md", text: front))
        guard let document else {
            throw Unreadable(message: "the README's front matter is not valid YAML: \(faults.first?.message ?? "")")
        }
        guard let configs = document["configs"]?.elements else { return [] }
        var found: [HubLayout.Config] = []
        for config in configs {
            guard let name = config["config_name"]?.text else { continue }
            found.append(
                HubLayout.Config(
                    name: name, isDefault: config["default"]?.text?.lowercased() == "true",
                    patterns: config["data_files"].map(patterns), folder: folder(config["data_dir"]?.text ?? "")))
        }
        return found
    }

    private static func frontMatter(of readme: String) -> String? {
        let lines = readme.split(omittingEmptySubsequences: false) { $0.isNewline }
        guard lines.first.map({ $0.trimmed }) == "---",
            let end = lines.dropFirst().firstIndex(where: { $0.trimmed == "---" })
        else { return nil }
        return lines[1..<end].joined(separator: "\n")
    }

    /// One pattern or several for `train`, or a list of splits with their patterns.
    private static func patterns(_ node: YAMLNode) -> [(split: String, patterns: [String])] {
        let elements = node.elements ?? [node]
        let splits = elements.compactMap { element in
            element["split"]?.text.map {
                ($0, (element["path"]?.elements ?? [element["path"]].compactMap(\.self)).compactMap(\.text))
            }
        }
        return splits.isEmpty ? [("train", elements.compactMap(\.text))] : splits
    }

    private static func folder(_ text: String) -> String {
        text.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }
}

extension YAMLNode {
    fileprivate subscript(key: String) -> YAMLNode? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }

    fileprivate var elements: [YAMLNode]? {
        guard case .sequence(let elements) = content else { return nil }
        return elements
    }

    fileprivate var text: String? {
        guard case .scalar(let scalar) = content else { return nil }
        return scalar.text
    }
}
