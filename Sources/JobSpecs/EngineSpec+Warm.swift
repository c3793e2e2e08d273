extension EngineSpec {
    /// Whether its engines are to be forked, see `WarmStarts`; where that cannot be, they are spawned. The pocket engine has so little
    /// to import that it must be asked for.
    package var startsWarm: Bool { residency != .attach && (warm ?? (kind == .vllm)) }

    /// Whether an engine that is not forked may be started ahead of time.
    package var startsAhead: Bool { kind == .vllm || warm != nil }
}
