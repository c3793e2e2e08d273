import Foundation
import ModelLifecycle
import Support

/// A Python that talks to the hub, `hub.py`, with the `huggingface_hub` at hand: tokens, mirrors and resumption are its business.
package struct HubProcess: Sendable {
    private let child: ChildProcess
    private let channel: LineChannel
    private let lines: LineQueue
    private let log: String
    private let python: String

    /// Longest time without a response: the library's own limits are seconds, and progress comes every third of one.
    private static let silence = Duration.seconds(300)

    /// Runs a body with a process, which is ended afterwards in any case.
    ///
    /// - Parameter python: one that has `huggingface_hub`.
    /// - Throws: ``SpawnError``; what the body throws.
    package static func with<Value: Sendable>(
        _ python: String, environment: [String: String] = ProcessInfo.processInfo.environment,
        _ body: (HubProcess) async throws -> Value
    ) async throws -> Value {
        let log = FileManager.default.temporaryDirectory.appending(path: "rsd-hub-\(RandomName.hex(bytes: 8)).log").path
        defer { unlink(log) }
        let lines = LineQueue()
        let channel = try LineChannel { lines.take($0) }
        defer { channel.shutDown() }
        let script = PythonScript.ownPath + String(decoding: PackageResources.hub_py, as: UTF8.self)
        let child = try await ChildProcess.launch(
            SpawnRequest(
                executable: python, arguments: ["-c", script], environment: environment, outputPath: log,
                talk: channel.forChild))
        channel.childStarted()
        let result = await Result {
            try await body(HubProcess(child: child, channel: channel, lines: lines, log: log, python: python))
        }
        let tree = ProcessTree(leader: child.pid, leaderStart: child.startTime, tag: nil, trustsGroup: true)
        // Time to remove partial files that no other download could continue.
        _ = try await StopLadder(grace: .seconds(5)).bringDown(tree, engine: "huggingface_hub", exit: child.exit)
        return try result.get()
    }

    /// The files of a revision.
    ///
    /// - Throws: ``HubError``; `CancellationError`.
    package func list(_ repository: HubRepository, revision: String) async throws -> HubListing {
        let request = Request(do: "list", repository, revision: revision)
        guard let listing = try await ask(request, about: repository, revision).listed else { throw garbled() }
        return listing
    }

    /// Downloads files of a commit into a cache, the last one after all others, and then notes the revision's commit there.
    ///
    /// - Parameter received: called now and then with the bytes that are there of these files.
    /// - Throws: ``HubError``; `CancellationError`.
    package func get(
        _ files: [HubFile], of repository: HubRepository, revision: String, commit: String, into cache: HubCache,
        received: (Int) -> Void
    ) async throws {
        var request = Request(do: "get", repository, revision: revision)
        (request.commit, request.cache, request.files) = (commit, cache.folder, files.map(\.name))
        while true {
            let response = try await ask(request, about: repository, revision)
            guard let bytes = response.got ?? response.received else { throw garbled() }
            received(bytes)
            if response.got != nil { return }
            request = Request(do: "wait")
        }
    }

    private func ask(_ request: Request, about repository: HubRepository, _ revision: String) async throws -> Response {
        let line = String(decoding: try JSONEncoder().encode(request), as: UTF8.self)
        channel.send(line)
        let response = try await response()
        if let failed = response.failed { throw HubError(failed, repository, revision: revision, python: python) }
        return response
    }

    private func response() async throws -> Response {
        while true {
            guard let line = try await lines.next(atMost: Self.silence) else {
                throw HubError(.broken, "\(python) did not respond for \(Self.silence / .seconds(60)) minutes")
            }
            guard let line else { throw await ended() }
            // A site's startup code may have printed something first.
            guard line.hasPrefix("{") else { continue }
            guard let response = try? JSONDecoder().decode(Response.self, from: Data(line.utf8)) else {
                throw garbled()
            }
            return response
        }
    }

    private func garbled() -> HubError { HubError(.broken, "\(python) sent a response that is none") }

    private func ended() async -> HubError {
        let status = (try? await child.exit.wait(atMost: .seconds(5))) ?? nil
        let text = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
        let words = text.split(whereSeparator: \.isNewline).last.map { ": \($0)" } ?? ""
        return HubError(.broken, "\(python) ended \(status.map { "with \($0)" } ?? "early")\(words)")
    }

    private struct Request: Encodable {
        var `do`: String
        var kind: String?
        var name: String?
        var revision: String?
        var commit: String?
        var cache: String?
        var files: [String]?

        init(do verb: String, _ repository: HubRepository? = nil, revision: String? = nil) {
            (self.do, self.revision) = (verb, revision)
            (kind, name) = (repository?.kind.rawValue, repository?.name)
        }
    }

    private struct Response: Decodable {
        var listed: HubListing?
        var received: Int?
        var got: Int?
        var failed: HubFailure?
    }
}

/// What the hub has of a revision.
package struct HubListing: Sendable, Equatable, Decodable {
    package var commit: String
    package var files: [HubFile]
}
