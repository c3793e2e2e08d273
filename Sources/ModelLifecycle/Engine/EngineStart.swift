import Support

/// A start of an engine's process that became ready.
package struct EngineStart: Sendable, Hashable {
    /// How the process was created.
    package enum Kind: String, Sendable, Hashable, Codable {
        /// Spawned when it was needed.
        case cold
        /// Spawned ahead of time and held before it touched the device.
        case standby
        /// Forked from a process that had imported the engine.
        case warm
    }

    package var kind: Kind
    /// From the request to ready.
    package var span: TimeSpan
    /// Seconds by phase; nil if the engine's log does not report them.
    package var phases: StartPhases?

    package init(_ kind: Kind, _ span: TimeSpan, phases: StartPhases? = nil) {
        self.kind = kind
        self.span = span
        self.phases = phases
    }
}
