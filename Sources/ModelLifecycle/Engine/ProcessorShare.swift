/// The share of the machine's processors that each engine of a run may use.
///
/// It is the same for all engines of a run, because the fork server has it too: parallel libraries read it once, when
/// they are loaded.
package struct ProcessorShare: Sendable, Hashable {
    /// Compute threads per engine, at least 1; nil lets the engine use all processors.
    package var threads: Int?
    /// Whether others need the processors while an engine waits; its threads must not spin then.
    package var isShared: Bool

    /// All processors, for one engine at a time.
    package static let whole = ProcessorShare(threads: nil, isShared: false)

    private init(threads: Int?, isShared: Bool) {
        (self.threads, self.isShared) = (threads, isShared)
    }

    /// - Parameter engines: the largest number that is up at once. Where groups differ in size, smaller ones could use
    ///   more.
    package init(of processors: HostProcessors, engines: Int) {
        isShared = engines > 1
        // An engine counts the processors it may run on, but ignores quotas.
        let takesThemByItself = !isShared && processors.usable == processors.allowed
        threads = takesThemByItself ? nil : max(1, processors.usable / max(1, engines))
    }
}
