import Support

extension YAMLNode {
    /// Applies settings such as `decoding.max_tokens=4096`, in order; returns a diagnostic for each that cannot be applied.
    package mutating func apply(_ settings: [String]) -> [Diagnostic] {
        // The decoder reports a document that is no mapping.
        guard case .mapping = content else { return [] }
        var faults: [Diagnostic] = []
        for argument in settings {
            do throws(Diagnostic) {
                try set(SpecSetting(argument), below: 0)
            } catch {
                faults.append(error)
            }
        }
        return faults
    }

    /// - Parameter depth: how much of the path leads to this node.
    private mutating func set(_ setting: SpecSetting, below depth: Int) throws(Diagnostic) {
        guard depth < setting.path.count else {
            self = setting.value
            return
        }
        let key = setting.path[depth]
        switch content {
        case .mapping(var entries):
            if let index = entries.firstIndex(where: { $0.key == key }) {
                try entries[index].value.set(setting, below: depth + 1)
                if depth + 1 == setting.path.count { entries[index].keyMark = setting.mark }
            } else {
                var value = YAMLNode(mark: setting.mark, content: .mapping([]))
                try value.set(setting, below: depth + 1)
                entries.append(YAMLEntry(key: key, keyMark: setting.mark, value: value))
            }
            content = .mapping(entries)
        case .sequence(var elements):
            guard let index = Int(key), elements.indices.contains(index) else {
                let extent = elements.isEmpty ? "" : ", from 0 to \(elements.count - 1)"
                throw fault(
                    setting, depth,
                    "is a list of \(counted(elements.count, "element"))\(extent): it has no element '\(key)'")
            }
            try elements[index].set(setting, below: depth + 1)
            content = .sequence(elements)
        case .scalar(let scalar) where scalar.meaning == .null:
            self = YAMLNode(mark: setting.mark, content: .mapping([]))
            try set(setting, below: depth)
        case .scalar(let scalar):
            let value = scalar.meaning == .text ? "the text \(quoted(scalar.text))" : scalar.text
            throw fault(setting, depth, "is \(value), which has no key '\(key)'")
        }
    }

    private func fault(_ setting: SpecSetting, _ depth: Int, _ message: String) -> Diagnostic {
        Diagnostic(setting: setting.key, "'\(setting.path[..<depth].joined(separator: "."))' \(message)")
    }
}
