import Methods
import SpecYAML
import Support

extension MethodSpec {
    static let samplesKey = "samples"
    static let temperatureKey = "temperature"
    static let topPKey = "top_p"

    /// The keys of a method's settings: its own, and those of every method. Methods that choose between samples have a temperature
    /// of their own.
    static func keys(of type: any MethodSettings.Type) -> [String] {
        type.keys + ["name", samplesKey] + [temperatureKey, topPKey].filter { !type.keys.contains($0) }
    }

    /// Limit on the methods of a job: lists in settings multiply quickly.
    private static let most = 1000

    /// - Parameters:
    ///   - seeds: number of the job's seeds.
    ///   - thresholds: where those come from that other runs are to tell.
    static func decodeAll(_ field: SpecField, seeds: Int, thresholds: ThresholdSource) -> [MethodSpec] {
        var first: [String: Mark] = [:]
        let methods = (field.elements(named: "a method") ?? []).flatMap { element in
            decodeOne(element, seeds: seeds, thresholds).filter { method in
                guard let mark = first[method.name] else {
                    first[method.name] = element.mark
                    return true
                }
                element.error(
                    "a method named '\(method.name)' is already defined \(mark.words); give this one a different 'name'"
                )
                return false
            }
        }
        if methods.count > most { field.error("\(methods.count) methods, but a job can have at most \(most)") }
        return methods
    }

    /// A bare key, or a mapping of the key to its settings: one method, or one per combination of the lists in them.
    private static func decodeOne(_ field: SpecField, seeds: Int, _ thresholds: ThresholdSource) -> [MethodSpec] {
        switch field.node.content {
        case .scalar:
            guard let type = type(field.text(), at: field) else { return [] }
            return methods(type, settings: [], seeds: seeds, thresholds, at: field)
        case .mapping(let entries):
            guard let first = entries.first else {
                field.error("a method is missing here")
                return []
            }
            let name = SpecField(name: field.name, node: field.node, mark: first.keyMark, log: field.log)
            guard let type = type(first.key, at: name) else { return [] }
            if let second = entries.dropFirst().first {
                let hint =
                    self.type(called: second.key) == nil
                    ? "indent it to make it a setting of '\(first.key)'" : "start a new list item"
                field.log.error(at: second.keyMark, "'\(second.key)' is at the same level as '\(first.key)'; \(hint)")
                return []
            }
            let settings = SpecField(first, log: field.log)
            switch settings.node.content {
            case .mapping(let entries): return methods(type, settings: entries, seeds: seeds, thresholds, at: field)
            case .scalar where settings.isNull: return methods(type, settings: [], seeds: seeds, thresholds, at: field)
            case .scalar, .sequence:
                settings.mismatch("a mapping of settings")
                return []
            }
        case .sequence:
            field.error("expected a method such as { rsd: { threshold: 0.7 } }, found a list")
            return []
        }
    }

    private static func type(called word: String) -> (any MethodSettings.Type)? {
        MethodKind.all.first { $0.key == word }
    }

    private static func type(_ word: String?, at field: SpecField) -> (any MethodSettings.Type)? {
        guard let word else { return nil }
        return type(called: word)
            ?? field.fail("unknown method '\(word)'" + suggestion(for: word, among: MethodKind.all.map { $0.key }))
    }

    private static func methods(
        _ type: any MethodSettings.Type, settings: [YAMLEntry], seeds: Int, _ thresholds: ThresholdSource,
        at field: SpecField
    ) -> [MethodSpec] {
        let combinations = settings.reduce(1) { combinations, entry in
            guard case .sequence(let elements) = entry.value.content else { return combinations }
            let (product, overflows) = combinations.multipliedReportingOverflow(by: elements.count)
            return overflows ? .max : product
        }
        guard combinations <= most else {
            field.error("the lists of '\(type.key)' make \(combinations) methods, but a job can have at most \(most)")
            return []
        }
        return expand(settings, log: field.log).compactMap { settings, suffix in
            var calibrated: (threshold: CalibratedThreshold, mark: Mark)?
            let settings = settings.map { entry in
                guard type.keys.contains(entry.key), ThresholdRequest.isMeant(by: entry) else { return entry }
                let (entry, taken) = ThresholdRequest.resolve(
                    entry, kind: type.key, from: thresholds, log: field.log)
                calibrated = taken.map { ($0, entry.value.mark) }
                return entry
            }
            let section = SpecSection(settings, type.key, at: field.mark, keys: keys(of: type), log: field.log)
            let name = section.value("name", default: type.key) { $0.identifier() } + suffix
            func common(_ key: String) -> SpecField? { type.keys.contains(key) ? nil : section[key] }
            let samples = common(samplesKey).flatMap { $0.samples(seedsAtMost: seeds) }
            let temperature = common(temperatureKey).flatMap { $0.temperature() }
            let topP = common(topPKey).flatMap { $0.topP() }
            return type.init(section).map {
                calibrated?.threshold.check(MethodKind($0), at: calibrated?.mark ?? field.mark, log: field.log)
                return MethodSpec(
                    name: name, kind: MethodKind($0), samples: samples, temperature: temperature, topP: topP)
            }
        }
    }

    /// All combinations of the lists in the settings, with the suffix of each method's name.
    private static func expand(
        _ settings: [YAMLEntry], log: DiagnosticLog
    ) -> [(settings: [YAMLEntry], suffix: String)] {
        settings.reduce([([], "")]) { combinations, entry in
            guard case .sequence = entry.value.content else {
                return combinations.map { ($0.0 + [entry], $0.1) }
            }
            guard entry.key != "name" else {
                log.error(
                    at: entry.value.mark, "'name' must be a single name; the values of a sweep are appended to it")
                return combinations
            }
            let elements = SpecField(entry, log: log).elements(named: entry.key) ?? []
            return combinations.flatMap { settings, suffix in
                elements.map { element in
                    var one = entry
                    one.value = element.node
                    return (
                        settings + [one],
                        suffix + "-" + (element.scalar?.text ?? ThresholdRequest.suffix(of: element.node) ?? "?")
                    )
                }
            }
        }
    }
}
