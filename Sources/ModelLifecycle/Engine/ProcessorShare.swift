/// The part of the machine's processors that each of a run's engines may take.
///
/// It is one for all engines of a run, as the process that engines are forked from has it too: what computes in parallel
/// reads it once, when it is loaded.
package struct ProcessorShare: Sendable, Hashable {
    /// Threads that compute at once in one engine, at least 1; nil leaves all that there are to the engine.
    package var threads: Int?
    /// Whether others need the processors while an engine waits: its threads are not to spin then.
    package var isShared: Bool

    /// All processors, for one engine at a time.
    package static let whole = ProcessorShare(threads: nil, isShared: false)

    private init(threads: Int?, isShared: Bool) {
        (self.threads, self.isShared) = (threads, isShared)
    }

    /// - Parameter engines: how many are up together at most. Where groups differ in size, the smaller ones could take more.
    package init(of processors: HostProcessors, engines: Int) {
        isShared = engines > 1
        // An engine counts the processors that it may run on, and knows nothing of a quota.
        let takesThemByItself = !isShared && processors.usable == processors.allowed
        threads = takesThemByItself ? nil : max(1, processors.usable / max(1, engines))
    }
}
