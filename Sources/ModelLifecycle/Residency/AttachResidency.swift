/// All models on servers that somebody else runs, such as one for each GPU of a node: the paper's online mode.
///
/// Nothing is started or stopped. A server that goes away is waited for.
package actor AttachResidency: Residency {
    package nonisolated let groups: [[String]]
    private let engines: [String: AttachedEngine]
    private let http: HTTPClient
    private let patience: Duration
    private var connected: Set<String> = []

    /// - Parameters:
    ///   - servers: one for each model, in the order of a wave.
    ///   - patience: how long to wait for a server that went away.
    package init(
        servers: [AttachedServer], patience: Duration, retry: RetryPolicy = RetryPolicy(),
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        groups = [servers.map(\.name)]
        self.patience = patience
        let http = HTTPClient()
        self.http = http
        engines = Dictionary(
            uniqueKeysWithValues: servers.map {
                ($0.name, AttachedEngine($0, http: http, retry: retry, clock: clock))
            })
    }

    package func activate(_ group: [String]) async throws -> [String: any EngineHandle] {
        guard groups.contains(group) else {
            throw ResidencyError(description: "\(group) is not one of the groups \(groups)")
        }
        for name in group where !connected.contains(name) {
            try await engines[name]?.connect(within: .zero)
            connected.insert(name)
        }
        return engines
    }

    package func restart(_ name: String) async throws -> any EngineHandle {
        guard let engine = engines[name] else {
            throw ResidencyError(description: "there is no engine \(name)")
        }
        try await engine.connect(within: patience)
        return engine
    }

    /// Lets go of the servers, which run on.
    package func deactivate() async throws {
        connected = []
        await http.closeIdleConnections()
    }

    package var statistics: ResidencyStatistics { ResidencyStatistics() }

    /// What each server says of its version, by its name.
    ///
    /// - Throws: ``EngineError`` where one does not answer, or is too old.
    package func versions() async throws -> [String: VLLMVersion] {
        var versions: [String: VLLMVersion] = [:]
        for (name, engine) in engines { versions[name] = try await engine.version() }
        return versions
    }
}
