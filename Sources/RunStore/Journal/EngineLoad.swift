import ModelLifecycle

/// An engine start.
package struct EngineLoad: Sendable, Hashable {
    package var engine: String
    /// Seconds until it was ready.
    package var seconds: Double
    /// Seconds since 1970, as in ``TimeSpan``; nil in journals of earlier versions.
    package var begin: Double?
    /// Journals of earlier versions have cold starts only.
    package var kind: EngineStart.Kind
    /// Seconds by phase; nil if the engine does not log them, and in journals of earlier versions.
    package var phases: StartPhases?

    package init(
        _ engine: String, seconds: Double, begin: Double? = nil, kind: EngineStart.Kind = .cold,
        phases: StartPhases? = nil
    ) {
        self.engine = engine
        self.seconds = seconds
        self.begin = begin
        self.kind = kind
        self.phases = phases
    }

    package init(_ engine: String, _ start: EngineStart) {
        self.init(
            engine, seconds: start.span.seconds, begin: start.span.begin, kind: start.kind, phases: start.phases)
    }
}
