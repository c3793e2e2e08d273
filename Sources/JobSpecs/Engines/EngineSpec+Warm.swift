extension EngineSpec {
    /// Whether its engines are forked, see `WarmStarts`; where that is not possible, they are spawned.
    package var startsWarm: Bool { residency != .attach && (warm ?? kind.startsWarm) }

    /// Whether a fork server's answers may be compared with those of spawned engines, and engines be started ahead of time.
    package var startsAhead: Bool { kind.startsWarm || warm != nil }
}
