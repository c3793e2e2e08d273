import Foundation
import FoundationNetworking
import ModelLifecycle
import RunnerSupport
import Synchronization
import TestSupport
import Testing

/// The demo's three models on servers of the test's own, until this is released.
final class DemoServers: Sendable {
    private let scratch: Scratch
    private let ports = Mutex<[String: Int]>([:])
    private let environment: [String: String]
    private let arguments: [String]
    private let names: [String: String]
    private let models: URL
    private let processes: Mutex<[String: RunnerProcess]>

    /// - Parameters:
    ///   - key: what each wants to be shown.
    ///   - delay: milliseconds before each answer.
    ///   - fault: bad manners of each.
    ///   - names: those under which they serve their models, where they are others.
    ///   - models: the folder of the models.
    init(
        key: String? = nil, delay: Int = 0, fault: String? = nil, names: [String: String] = [:],
        models: URL = JobSetup().models
    ) async throws {
        self.names = names
        self.models = models
        scratch = try Scratch()
        environment = key.map { ["VLLM_API_KEY": $0] } ?? [:]
        arguments = ["--delay-ms", "\(delay)"] + (fault.map { ["--fault", $0] } ?? [])
        processes = Mutex([:])
        for name in ["draft", "prm", "target"] { try await begin(name) }
    }

    /// Starts a server on a port of its own. Another process may take the port before the server does.
    private func begin(_ name: String, attempts: Int = 5) async throws {
        let port = try FreePort.find()
        ports.withLock { $0[name] = port }
        do {
            try await start(name)
        } catch let error as ProgramFailed where attempts > 1 && "\(error)".contains("Address already in use") {
            try await begin(name, attempts: attempts - 1)
        }
    }

    /// A job that asks these servers.
    var setup: JobSetup {
        var setup = JobSetup()
        setup.models = models
        setup.urls = ports.withLock { $0 }.mapValues { "http://127.0.0.1:\($0)" }
        return setup
    }

    var areRunning: Bool { processes.withLock { $0.values.allSatisfy(\.isRunning) } }

    /// Whether one of them has shown its bad manners at an endpoint.
    func wereAsked(_ endpoint: String) -> Bool {
        processes.withLock { $0.values.contains { $0.standardError.contains("fault at \(endpoint)\n") } }
    }

    /// The HTTP requests to all of them so far, by path.
    func requests() async throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for port in ports.withLock({ $0 }).values {
            let url = try #require(URL(string: "http://127.0.0.1:\(port)/metrics"))
            for line in String(decoding: try await URLSession.shared.data(from: url).0, as: UTF8.self).split(
                separator: "\n")
            where line.hasPrefix("http_requests_total{") {
                let path = String(line.split(separator: "\"")[1])
                counts[path, default: 0] += Int(Double(line.split(separator: " ").last ?? "") ?? 0)
            }
        }
        return counts
    }

    /// Ends a server, and starts another in its place.
    func replace(_ name: String) async throws {
        let old = processes.withLock { $0[name] }
        old?.send(SIGKILL)
        _ = await old?.exitCode()
        try await start(name)
    }

    private func start(_ name: String) async throws {
        let model = models.appending(path: name).path
        let process = try RunnerProcess(
            [
                "serve", model, "--port", "\(ports.withLock { $0[name] ?? 0 })", "--served-model-name",
                names[name] ?? name,
            ] + arguments,
            program: Programs.pocket, scratch: scratch.url, environment: environment, limit: JobSetup.limit)
        guard await process.says("Application startup complete.") else {
            throw ProgramFailed(process.standardError)
        }
        processes.withLock { $0[name] = process }
    }
}
