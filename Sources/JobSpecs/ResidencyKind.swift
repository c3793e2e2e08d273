/// Which models are up, and when.
package enum ResidencyKind: String, Sendable, CaseIterable, Encodable {
    /// What suits the machine's memory and the models, of the others that need no servers of somebody else.
    case auto
    /// One group at a time, started and stopped.
    case swap
    /// One group at a time, the others asleep: vLLM's sleep mode.
    case sleep
    /// All at once.
    case share
    /// All at once, on servers that somebody else runs.
    case attach
}
