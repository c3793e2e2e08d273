import JobSpecs

/// Where a run's engines come from: this machine, or servers that are up already.
package protocol EngineProvider: Sendable {
    /// The engine's version; asked for once, before anything starts.
    func version() async throws -> String

    /// Ends what an earlier run of this directory left behind.
    ///
    /// - Returns: how many engines it found.
    func sweep() async throws -> Int

    /// Measures the memory, while nothing of this run holds any, and settles which engines may be up together.
    func open() async throws -> any EnginePool

    /// Leaves nothing up, not even the processes that engines are forked from. May be called more than once.
    func close() async
}

extension EngineProvider {
    package func close() async {}
}
