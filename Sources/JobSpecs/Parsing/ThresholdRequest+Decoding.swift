import Methods
import SpecYAML
import Support

extension ThresholdRequest {
    static let key = "threshold"
    static let keys = ["calibrate", "accuracy", "cost", "method", "dataset"]

    /// Whether a method's setting asks for a calibrated threshold.
    static func isMeant(by entry: YAMLEntry) -> Bool {
        guard entry.key == key, case .mapping = entry.value.content else { return false }
        return true
    }

    /// The end of the name of a method in a sweep: its goal, since the number is not known before the run is read.
    static func suffix(of node: YAMLNode) -> String? {
        guard case .mapping(let entries) = node.content else { return nil }
        let goals = entries.filter { ["accuracy", "cost"].contains($0.key) }
        guard let goal = goals.first, case .scalar(let scalar) = goal.value.content else { return nil }
        return "\(goal.key)-\(scalar.text)"
    }

    /// - Parameters:
    ///   - field: the mapping.
    ///   - kind: the key of the method.
    /// - Returns: the request and the field of its run; nil after a logged error.
    static func decode(_ field: SpecField, kind: String) -> (request: ThresholdRequest, run: SpecField)? {
        guard let section = SpecSection(field, "'\(key)'", keys: keys) else { return nil }
        let goals: [CalibrationGoal?] = [
            section["accuracy"].map { $0.number(in: 0...1).map { .accuracy($0) } } ?? nil,
            section["cost"].map { $0.number("more than 0", where: { $0 > 0 }).map { .cost($0) } } ?? nil,
        ]
        let method = section["method"].map { $0.identifier() }
        let dataset = section["dataset"].map { $0.identifier() }
        guard let run = section.required("calibrate"), let path = run.word() else { return nil }
        guard section["accuracy"] == nil || section["cost"] == nil else {
            return field.fail("'accuracy' and 'cost' are two goals: give one of them")
        }
        guard section["accuracy"] != nil || section["cost"] != nil else {
            return field.fail("a goal is missing: the 'accuracy' to reach, or the 'cost' not to exceed")
        }
        guard let goal = goals.compactMap(\.self).first else { return nil }
        return (
            ThresholdRequest(kind: kind, run: path, goal: goal, method: method ?? nil, dataset: dataset ?? nil), run
        )
    }

    /// The setting with the number in its place. Where there is none, it is 1, which every threshold may be.
    static func resolve(
        _ entry: YAMLEntry, kind: String, from source: ThresholdSource, log: DiagnosticLog
    ) -> (entry: YAMLEntry, taken: CalibratedThreshold?) {
        let taken = decode(SpecField(entry, log: log), kind: kind).flatMap { request, run in
            source.threshold(for: request, at: run)
        }
        var resolved = entry
        resolved.value.content = .scalar(YAMLScalar(text: (taken?.threshold ?? 1).plain, style: .plain))
        return (resolved, taken)
    }
}

extension CalibratedThreshold {
    /// Reports that it was found for a method with other settings.
    func check(_ method: MethodKind, at mark: Mark, log: DiagnosticLog) {
        let own = method.settingsBesideThreshold
        guard settings != own else { return }
        log.error(
            at: mark,
            "the threshold from \(request.run) is of methods with other settings: \(settings), where this one has \(own); "
                + "name another 'method' of the run, or use the same settings")
    }
}
