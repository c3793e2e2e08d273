extension EngineSpec {
    /// Whether its engines are to be forked, see `WarmStarts`; where that cannot be, they start cold. The pocket engine has so little
    /// to import that it must be asked for.
    var startsWarm: Bool { residency != .attach && (warm ?? (kind == .vllm)) }
}
