import Foundation

/// Waits for SIGTERM and SIGINT on one thread.
///
/// They are blocked from creation in this thread and all threads it starts, so that none is lost before waiting begins.
/// This also replaces a mask or disposition inherited from the parent.
struct TerminationSignals {
    private let set: sigset_t

    init() {
        signal(SIGTERM, SIG_DFL)
        signal(SIGINT, SIG_DFL)
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        pthread_sigmask(SIG_BLOCK, &set, nil)
        self.set = set
    }

    /// Blocks until one of the signals arrives.
    ///
    /// - Returns: its name.
    func wait() -> String {
        var set = set
        var number: Int32 = 0
        while sigwait(&set, &number) != 0 {}
        return number == SIGTERM ? "SIGTERM" : "SIGINT"
    }
}
