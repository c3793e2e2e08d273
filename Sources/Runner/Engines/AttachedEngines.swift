import Decoding
import Foundation
import JobSpecs
import Logging
import ModelLifecycle

/// Servers that others run.
package struct AttachedEngines: EngineProvider {
    private let job: LoadedJob
    private let servers: [AttachedEngine]
    private let kept: KeptEngines
    private let logger: Logger

    /// - Parameter kept: engines of the job before, which this one does not use.
    /// - Throws: `EngineError` if a key is not set; ``ModelFilesError``.
    package init(job: LoadedJob, kept: KeptEngines = KeptEngines(), logger: Logger) throws {
        self.job = job
        self.kept = kept
        self.logger = logger
        let spec = job.spec
        let engines = JobEngines(spec)
        let http = HTTPClient()
        servers = try engines.all.compactMap { engine in
            guard let model = engines.namesake(of: engine).flatMap({ spec.models[$0] }),
                let server = try AttachedServer(engine, model: model)
            else { return nil }
            return AttachedEngine(
                server, patience: .seconds(spec.engine.startTimeout), http: http, retry: EngineSpec.retry)
        }
    }

    package func version() async throws -> String {
        var versions: [VLLMVersion] = []
        for server in servers {
            let version = try await server.version()
            if !versions.contains(version) { versions.append(version) }
        }
        for caution in versions.compactMap(\.caution) { logger.warning("\(caution)") }
        return "attached: vllm " + versions.map(\.description).joined(separator: ", ")
    }

    /// What answers at each address. Nothing is asked of a model.
    package func findings() async -> [MachineFinding] {
        await withTaskGroup(of: (Int, MachineFinding).self) { group in
            for (index, server) in servers.enumerated() {
                group.addTask { (index, await server.finding()) }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// Nothing was started, so nothing can be left.
    package func sweep() async throws -> Int { 0 }

    package func open() async throws -> any EnginePool {
        try await kept.end()
        // A server does not report its flags: it is assumed to run as many sequences as its version does by default on any machine.
        var capacities: [EngineID: EngineCapacity] = [:]
        for server in servers { capacities[EngineID(server.name)] = try await server.version().capacity() }
        let requests = RequestsInFlight(job.spec, capacities: capacities)
        return try ResidentEngines(
            Residency(attached: servers), of: job, requests: requests, startsEngines: false, logger: logger)
    }
}

extension AttachedEngine {
    fileprivate func finding() async -> MachineFinding {
        do {
            let version = try await version()
            let text = "the \(name) is on vLLM \(version) at \(server.endpoint.base)"
            guard let caution = version.caution else { return MachineFinding(.fine, "servers", text) }
            return MachineFinding(.warning, "servers", text, remedy: caution + ".")
        } catch let error as EngineError {
            return MachineFinding(.error, "servers", "\(name): \(error.message)", remedy: error.remedy)
        } catch {
            return MachineFinding(.error, "servers", "\(name): \(error)")
        }
    }
}

extension AttachedServer {
    /// - Throws: `EngineError` if the key is not set; ``ModelFilesError``.
    fileprivate init?(_ engine: EngineID, model: ModelSpec) throws {
        guard let server = model.server else { return nil }
        var key: Secret?
        if let variable = server.keyVariable {
            guard let value = ProcessInfo.processInfo.environment[variable], !value.isEmpty else {
                throw EngineError(
                    .cannotLaunch, engine: engine.name,
                    "the environment variable \(variable), which the job names as `key_env`, is not set",
                    remedy: "Set it to the server's API key.")
            }
            key = Secret(value)
        }
        self.init(
            name: engine.name, endpoint: HTTPEndpoint(base: server.url, key: key), model: model.model,
            hubName: model.hub?.name,
            served: server.served, task: try model.task())
    }
}
