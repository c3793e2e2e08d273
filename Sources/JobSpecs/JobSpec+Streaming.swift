import Decoding

extension JobSpec {
    /// Whether the PRM may be up while the draft writes.
    package var mayStream: Bool {
        switch engine.residency {
        case .auto, .share, .attach: true
        case .swap, .sleep: engine.groups?.contains { $0.contains(.draft) && $0.contains(.prm) } ?? false
        }
    }

    /// Whether models may be stopped while they write, so that the journal has beginnings of solutions.
    package var mayStopModels: Bool {
        guard methods.contains(where: \.kind.settings.looksAhead) else { return false }
        return switch decoding.lookahead {
        case .auto: mayStream
        case .all, .steps(1): false
        case .steps: true
        }
    }
}
