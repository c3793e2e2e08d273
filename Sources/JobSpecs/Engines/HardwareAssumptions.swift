import Support

/// A plan's assumptions about engines on a kind of machine: effective rates, which are below the hardware's peak.
package struct HardwareAssumptions: Sendable, Equatable {
    package var name: String
    /// Seconds of a cold start without loading weights: imports, compilation, CUDA graphs.
    package var start: PlanRange
    /// nil if engines do not start warm.
    package var warm: WarmStarts?
    /// Bytes of weights loaded from disk per second.
    package var loading: PlanRange
    /// Seconds of a wake from sleep.
    package var wake: PlanRange
    /// Bytes of weights that decoding reads per second.
    package var bandwidth: PlanRange
    /// Floating-point operations per second.
    package var compute: PlanRange
    /// Additional seconds per token.
    package var overhead = PlanRange(exactly: 0)
    /// Share of their speeds together that several GPUs reach with one model: they also wait for each other.
    package var gain = PlanRange(low: 0.5, expected: 0.8, high: 1)
    /// Additional seconds of the start of an engine on several GPUs.
    package var joining = PlanRange(low: 2, expected: 8, high: 30)

    /// Starts of engines that are forked from a process with all imports done.
    package struct WarmStarts: Sendable, Equatable {
        /// Seconds of the imports, once per run.
        package var imports: PlanRange
        /// Seconds of a start without loading weights.
        package var start: PlanRange
        /// The source of these numbers.
        package var source: String
    }
}
