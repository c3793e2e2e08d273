import Foundation

extension Faults {
    /// The faults at a server's start, before it listens: a delay, a crash, or a child left behind.
    public func atStart() {
        if plan.grandchild, license.claim() { spawnGrandchild() }
        if let pause = plan.slowStart, license.claim() {
            Thread.sleep(
                forTimeInterval: Double(pause.components.seconds) + Double(pause.components.attoseconds)
                    / 1e18)
        }
        if plan.dieOnStart, license.claim() {
            FileHandle.standardError.write(
                Data("RuntimeError: Engine core initialization failed. See root cause above.\n".utf8))
            exit(3)
        }
    }

    /// Whether to ignore this SIGTERM.
    public func ignoresTermination() -> Bool { plan.ignoreTermination && license.claim() }

    /// Spawns a child in the server's own process group that outlives the server. Foundation's `Process` would give it a
    /// group of its own.
    private func spawnGrandchild() {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The server blocks the signals that it waits for; the child must not inherit the mask.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let words = ["sleep", "600"].map { (word: String) in strdup(word) }
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        posix_spawnp(&pid, "sleep", nil, &attributes, words + [nil], environ)
        FileHandle.standardError.write(Data("fault grandchild: pid \(pid)\n".utf8))
    }
}

extension Faults {
    /// - Throws: `APIError` if sleeping is to fail.
    func atSleep() throws {
        if plan.sleepError, license.claim() { throw APIError.internalError("Sleep failed") }
    }

    /// - Returns: whether the weights are to be lost.
    /// - Throws: `APIError` if waking is to fail.
    func atWake() throws -> Bool {
        if plan.wakeError, license.claim() { throw APIError.internalError("CUDA out of memory while waking") }
        return plan.wakeCorrupt && license.claim()
    }
}
