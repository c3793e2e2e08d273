import Foundation

/// A server that others run, and the model that it must serve.
package struct AttachedServer: Sendable, Hashable {
    /// The engine's name in the run, such as `draft`.
    package var name: String
    package var endpoint: HTTPEndpoint
    /// The directory of the model in the job.
    package var model: String
    /// Its name on the Hugging Face hub, under which most servers serve it.
    package var hubName: String?
    /// The name under which the server serves it; nil to find it.
    package var served: String?
    package var task: EngineTask

    package init(
        name: String, endpoint: HTTPEndpoint, model: String, hubName: String? = nil, served: String?, task: EngineTask
    ) {
        self.name = name
        self.endpoint = endpoint
        self.model = model
        self.hubName = hubName
        self.served = served
        self.task = task
    }
}

/// An engine that this program neither starts nor stops.
package actor AttachedEngine: ManagedEngine {
    package nonisolated let server: AttachedServer
    private let patience: Duration
    private let http: HTTPClient
    private let retry: RetryPolicy
    private let clock: any Clock<Duration>
    private var connected: EngineClient?

    /// Consecutive failed checks before a server counts as gone.
    private static let misses = 3
    private static let pause = Duration.seconds(2)

    /// - Parameters:
    ///   - patience: how long to wait for a server that went away.
    ///   - http: may be shared by several engines.
    package init(
        _ server: AttachedServer, patience: Duration, http: HTTPClient = HTTPClient(),
        retry: RetryPolicy = RetryPolicy(), clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.server = server
        self.patience = patience
        self.http = http
        self.retry = retry
        self.clock = clock
    }

    package nonisolated var name: String { server.name }

    package var client: EngineClient {
        get throws {
            guard let connected else {
                throw EngineError(
                    .notReady, engine: name, "not yet connected to the server at \(server.endpoint.base)")
            }
            return connected
        }
    }

    // MARK: Coming and going

    package func load(beside others: [String]) async throws -> [EngineEvent] {
        if connected == nil { try await connect(within: .zero) }
        return []
    }

    package func restart(beside others: [String]) async throws -> [EngineEvent] {
        try await connect(within: patience)
        return []
    }

    /// Disconnects from the server, which keeps running.
    package func stop() async throws {
        connected = nil
        await http.closeIdleConnections()
    }

    /// Connects, after checking that the server serves the right model for the right task.
    ///
    /// - Parameter limit: how long to wait for a server that does not answer.
    /// - Throws: ``EngineError``.
    private func connect(within limit: Duration) async throws {
        var waited = Duration.zero
        while await !answers() {
            guard waited < limit else {
                throw EngineError(
                    .notReady, engine: name,
                    "no server responds at \(server.endpoint.base)", remedy: urlRemedy)
            }
            try await clock.sleep(for: Self.pause)
            waited += Self.pause
        }
        let client = EngineClient(
            endpoint: server.endpoint, model: try await servedName(), http: http, retry: retry, clock: clock)
        do {
            _ = try await Canary(task: server.task).ask(client)
        } catch let error as EngineAnswerError {
            throw wrongTask(error)
        }
        connected = client
    }

    /// The version that the server reports. Nothing is asked of a model.
    ///
    /// - Throws: ``EngineError`` if it does not respond, is not vLLM, or is too old.
    package func version() async throws -> VLLMVersion {
        do {
            let version = VLLMVersion(try await anonymous.version())
            // Other servers have a version too.
            if let foreign = await foreign(asking: ["/v1/models"]) { throw wrong(foreign) }
            try version.check(for: name, remedy: "Upgrade vLLM on the server at \(server.endpoint.base).")
            return version
        } catch let error as EngineAnswerError {
            if case .transport = error {
                throw EngineError(.notReady, engine: name, "\(error)", remedy: urlRemedy)
            }
            if let foreign = await foreign(asking: ForeignServer.paths) { throw wrong(foreign) }
            throw EngineError(
                error.isTransient ? .notReady : .wrongServer, engine: name,
                "\(server.endpoint.base) does not answer as vLLM does: \(error)", remedy: urlRemedy)
        }
    }

    /// The kind of server; nil if it may be vLLM.
    private func foreign(asking paths: [String]) async -> ForeignServer? {
        var page: ForeignServer?
        for path in paths {
            var request = HTTPRequest(.get, server.endpoint, path, deadline: .seconds(10))
            request.answerLimit = 1 << 20
            guard let response = try? await http.send(request) else { continue }
            let answer = ForeignServer.Answer(
                path: path, status: response.status, body: response.body, header: { response.header($0) })
            // Servers of models may have a web page too.
            guard let foreign = ForeignServer(answer) else { continue }
            if foreign != .webServer { return foreign }
            page = foreign
        }
        return page
    }

    private func wrong(_ foreign: ForeignServer) -> EngineError {
        EngineError(
            .wrongServer, engine: name,
            "\(server.endpoint.base) \(foreign.deed); rsd-batch needs vLLM's /tokenize and /v1/completions with token ids",
            remedy: foreign.remedy(at: server.endpoint.base))
    }

    private nonisolated var urlRemedy: String {
        "Start the server at \(server.endpoint.base), or correct the `url` in the job."
    }

    package func gone() async throws -> String {
        var misses = 0
        while misses < Self.misses {
            try await clock.sleep(for: Self.pause)
            misses = await answers() ? 0 : misses + 1
        }
        return "\(server.endpoint.base) no longer responds"
    }

    /// Whether the server is up. One that is slow to respond is busy, not gone.
    private func answers() async -> Bool {
        var request = HTTPRequest(.get, server.endpoint, "/health", deadline: .seconds(10))
        request.answerLimit = 1 << 20
        do {
            return try await http.send(request).status == 200
        } catch .timedOut, .cancelled, .tooLarge {
            return true
        } catch {
            return false
        }
    }

    /// A client that names no model.
    private var anonymous: EngineClient {
        EngineClient(endpoint: server.endpoint, model: "", http: http, retry: retry, clock: clock)
    }

    // MARK: The right model and task

    private func servedName() async throws -> String {
        let models: [ServedModel]
        do {
            models = try await anonymous.models()
        } catch let error as EngineAnswerError {
            if case .status(401, _, _, _, _) = error {
                throw EngineError(
                    .notReady, engine: name,
                    "\(server.endpoint.base) requires an API key",
                    remedy: "Set `key_env` in the job to the environment variable that contains it.")
            }
            throw EngineError(.notReady, engine: name, "\(server.endpoint.base): \(error)")
        }
        let paths = [server.hubName, server.model].compactMap(\.self)
        let known = [server.served].compactMap { $0 }
        let names = known.isEmpty ? paths + paths.map { URL(filePath: $0).lastPathComponent } + [server.name] : known
        if let found = names.first(where: { name in models.contains { $0.id == name } }) { return found }
        if known.isEmpty, let card = models.first(where: { paths.contains($0.root ?? "") }) { return card.id }
        let served = models.map { "'\($0.id)'" }.joined(separator: ", ")
        throw EngineError(
            .notReady, engine: name,
            "\(server.endpoint.base) serves \(served.isEmpty ? "no model" : served), but not the model of this job",
            remedy: "Correct the `url`, or set `served` to the name under which it serves \(paths[0]).")
    }

    private func wrongTask(_ error: EngineAnswerError) -> EngineError {
        let wanted =
            switch server.task {
            case .generate: "continue text"
            case .score: "score tokens"
            }
        guard case .status(404, _, _, _, _) = error else {
            return EngineError(.notReady, engine: name, "\(server.endpoint.base) cannot \(wanted): \(error)")
        }
        return EngineError(
            .notReady, engine: name,
            "the server at \(server.endpoint.base) does not \(wanted), which the \(name) must",
            remedy: "Correct the `url`, or start the server for this task (`vllm serve --runner pooling` for a PRM).")
    }
}
