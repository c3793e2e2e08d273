import JobSpecs

/// The source of a run's engines: this machine, or servers that are already up.
package protocol EngineProvider: Sendable {
    /// The engine's version; called once, before anything starts.
    func version() async throws -> String

    /// Ends engines that an earlier run of this directory left behind.
    ///
    /// - Returns: their number.
    func sweep() async throws -> Int

    /// Measures the memory before this run uses any, and decides which engines are up together.
    func open() async throws -> any EnginePool

    /// Ends all processes, including those that engines are forked from, except those that the pool left to a later job. May be
    /// called more than once.
    func close() async
}

extension EngineProvider {
    package func close() async {}
}
