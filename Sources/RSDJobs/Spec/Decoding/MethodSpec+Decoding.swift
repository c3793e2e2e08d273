extension MethodKind {
    /// The models that the method needs.
    public var roles: Set<Role> {
        switch self {
        case .rsd: [.draft, .target, .prm]
        case .draftOnly: [.draft]
        case .targetOnly: [.target]
        }
    }

    /// The key in a spec, and the method's name where it is given no other.
    var key: MethodKey {
        switch self {
        case .rsd: .rsd
        case .draftOnly: .draftOnly
        case .targetOnly: .targetOnly
        }
    }
}

/// The words for methods in a spec.
enum MethodKey: String, CaseIterable {
    case rsd
    case draftOnly = "draft_only"
    case targetOnly = "target_only"
}

extension MethodSpec {
    static func decodeAll(_ field: SpecField) -> [MethodSpec] {
        var firstLine: [String: Int] = [:]
        return (field.elements(named: "a method") ?? []).compactMap { element in
            guard let method = MethodSpec(field: element) else { return nil }
            guard let line = firstLine[method.name] else {
                firstLine[method.name] = element.mark.line
                return method
            }
            return element.fail(
                "a method named '\(method.name)' is already on line \(line); give this one a 'name' of its own"
            )
        }
    }

    /// A bare word, or a mapping of the word to its settings.
    init?(field: SpecField) {
        switch field.node.content {
        case .scalar:
            guard let key = Self.key(field.text(), at: field) else { return nil }
            self.init(key, settings: [], at: field.mark, log: field.log)
        case .mapping(let entries):
            guard let first = entries.first else {
                field.error("a method is missing here")
                return nil
            }
            let name = SpecField(name: field.name, node: field.node, mark: first.keyMark, log: field.log)
            guard let key = Self.key(first.key, at: name) else { return nil }
            if let second = entries.dropFirst().first {
                let hint =
                    MethodKey(rawValue: second.key) == nil
                    ? "indent it, so that it is a setting of '\(first.key)'" : "begin a new list item"
                field.log.error(at: second.keyMark, "'\(second.key)' stands beside '\(first.key)'; \(hint)")
                return nil
            }
            let settings = SpecField(first, log: field.log)
            switch settings.node.content {
            case .mapping(let entries): self.init(key, settings: entries, at: field.mark, log: field.log)
            case .scalar where settings.isNull: self.init(key, settings: [], at: field.mark, log: field.log)
            case .scalar, .sequence:
                settings.mismatch("a mapping of settings")
                return nil
            }
        case .sequence:
            field.error("expected a method such as { rsd: { threshold: 0.7 } }, found a list")
            return nil
        }
    }

    private static func key(_ word: String?, at field: SpecField) -> MethodKey? {
        guard let word else { return nil }
        if let key = MethodKey(rawValue: word) { return key }
        let words = MethodKey.allCases.map(\.rawValue)
        return field.fail(
            "unknown method '\(word)'" + suggestion(for: word, among: words))
    }

    private init?(_ key: MethodKey, settings: [YAMLEntry], at mark: Mark, log: DiagnosticLog) {
        let own = key == .rsd ? Weighting.keys : []
        let section = SpecSection(settings, key.rawValue, at: mark, keys: own + ["name"], log: log)
        let name = section.value("name", default: key.rawValue) { $0.identifier() }
        switch key {
        case .draftOnly: self.init(name: name, kind: .draftOnly)
        case .targetOnly: self.init(name: name, kind: .targetOnly)
        case .rsd:
            guard let weighting = Weighting(section: section) else { return nil }
            self.init(name: name, kind: .rsd(weighting))
        }
    }
}

extension Weighting {
    static let keys = ["weighting", "threshold", "alpha", "p"]

    /// The words for weightings in a spec, and the settings of each.
    enum Key: String, CaseIterable {
        case binaryStep = "binary_step"
        case constant, clipping, sigmoidal, logistic

        var settings: [String] {
            switch self {
            case .binaryStep: ["threshold"]
            case .constant: ["p"]
            case .clipping, .sigmoidal: []
            case .logistic: ["alpha", "threshold"]
            }
        }
    }

    var key: Key {
        switch self {
        case .binaryStep: .binaryStep
        case .constant: .constant
        case .clipping: .clipping
        case .sigmoidal: .sigmoidal
        case .logistic: .logistic
        }
    }

    /// The paper's δ.
    static let standardThreshold = 0.7

    fileprivate init?(section: SpecSection) {
        guard let key = section["weighting"].map({ $0.choice(of: Key.self) }) ?? .binaryStep else {
            return nil
        }
        for (name, field) in section.fields
        where !["name", "weighting"].contains(name) && !key.settings.contains(name) {
            field.error("'\(name)' has no meaning with the weighting '\(key.rawValue)'")
        }
        func threshold() -> Double {
            section.value("threshold", default: Self.standardThreshold) { $0.number(in: 0...1) }
        }
        switch key {
        case .binaryStep: self = .binaryStep(threshold: threshold())
        case .clipping: self = .clipping
        case .sigmoidal: self = .sigmoidal
        case .constant:
            guard let p = section.required("p")?.number(in: 0...1) else { return nil }
            self = .constant(p: p)
        case .logistic:
            let threshold = threshold()
            guard let alpha = section.required("alpha")?.number("more than 0", where: { $0 > 0 }) else {
                return nil
            }
            self = .logistic(alpha: alpha, threshold: threshold)
        }
    }
}
