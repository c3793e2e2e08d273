extension EngineSpec {
    /// Whether engines are forked if possible, and otherwise spawned; see `WarmStarts`.
    package var startsWarm: Bool { residency != .attach && (warm ?? kind.startsWarm) }

    /// Whether a fork server's answers may be compared with a spawned engine's, and engines started ahead of time.
    package var startsAhead: Bool { kind.startsWarm || warm != nil }
}
