/// A process that outlives its run: it is recorded, and the engine of the next run takes it over.
extension Engine {
    /// Records that the process stays up after the run; it is still this engine's, until another one takes it over.
    ///
    /// - Throws: ``LedgerError``.
    package func keep() throws { try instance?.record.kept() }

    /// Whether the files of its model are those that its process was started with. False without a process.
    package var isCurrent: Bool { instance?.checkpoint == CheckpointStamp(configuration.model) }

    /// Whether its process is a child of a fork server.
    package var isForked: Bool { instance?.kind == .warm }

    /// Takes over the process of an engine with the same model and flags, which has none then.
    ///
    /// - Returns: whether there was one that is ready.
    /// - Throws: ``LedgerError``; the process is ended then.
    package func takeOver(_ other: Engine) async throws -> Bool {
        guard state == .stopped, let instance = await other.handOver() else { return false }
        self.instance = instance
        state = .ready
        watch(instance)
        do {
            try instance.record.move(to: starter.ledger, instance.child)
        } catch {
            try await stop()
            throw error
        }
        return true
    }

    private func handOver() -> EngineInstance? {
        guard state == .ready, ending == nil, let instance, instance.child.exit.value == nil else { return nil }
        self.instance = nil
        state = .stopped
        return instance
    }
}
