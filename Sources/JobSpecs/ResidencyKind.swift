/// Which models are in memory, and when.
package enum ResidencyKind: String, Sendable, CaseIterable, Encodable {
    /// Chosen by rsd-batch from the memory and the models: `share`, `sleep` or `swap`.
    case auto
    /// One group at a time, started and stopped.
    case swap
    /// One group awake, the others asleep (vLLM's sleep mode).
    case sleep
    /// All at once.
    case share
    /// All at once, on servers that the user runs.
    case attach
}
