import Foundation

/// SIGTERM and SIGINT, waited for by one thread.
///
/// They are blocked from the moment of creation in this thread and in all that it starts, so that none is lost before
/// the waiting begins. That also undoes a mask or disposition inherited from the parent.
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

    /// Blocks until one of the signals comes.
    /// - Returns: its name.
    func wait() -> String {
        var set = set
        var number: Int32 = 0
        while sigwait(&set, &number) != 0 {}
        return number == SIGTERM ? "SIGTERM" : "SIGINT"
    }
}
