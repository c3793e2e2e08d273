import Support

/// What a plan takes for granted of machines: what engines get out of them, which is less than what they have.
package struct HardwareAssumptions: Sendable, Equatable {
    package var name: String
    /// Seconds of a cold start without the weights: imports, compilation, graphs.
    package var start: PlanRange
    /// nil where engines do not start warm.
    package var warm: WarmStarts?
    /// Bytes of weights a second from disk into the engine.
    package var loading: PlanRange
    package var wake: PlanRange
    /// Bytes of weights a second that decoding reads.
    package var bandwidth: PlanRange
    /// Floating-point operations a second.
    package var compute: PlanRange
    /// Seconds for each token beside all that.
    package var overhead = PlanRange(exactly: 0)

    /// Engines that are forked from a process that has done their imports.
    package struct WarmStarts: Sendable, Equatable {
        /// Seconds of these imports, once in a run.
        package var imports: PlanRange
        /// Seconds of a start without the weights.
        package var start: PlanRange
        /// Where this is known from.
        package var source: String
    }
}
