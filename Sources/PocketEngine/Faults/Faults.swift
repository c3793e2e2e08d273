import FlyingFox
import FlyingSocks
import Foundation
import Synchronization

/// Injects the faults of a plan. Each function is called from one place in the regular code.
public final class Faults: Sendable {
    private struct State {
        var requests = 0
        /// Number of times each fault of the plan has acted.
        var acted: [Int]
    }

    let plan: FaultPlan
    let license: FaultLicense
    private let state: Mutex<State>

    public init(_ plan: FaultPlan = FaultPlan()) {
        self.plan = plan
        license = FaultLicense(file: plan.onceFile)
        state = Mutex(State(acted: plan.requests.map { _ in 0 }))
    }

    /// Returns the response of `honest` unless a fault is due; `prompts` returns the texts of the request's prompts.
    func around(
        prompts: () -> [String], cancellation: Cancellation, honest: () async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        guard !plan.requests.isEmpty, let kind = due(prompts()) else { return try await honest() }
        return try await act(kind, cancellation, honest)
    }

    /// The fault that is due for a request because of its endpoint.
    func due(at endpoint: String) -> FaultPlan.Kind? {
        let fault = plan.requests.first { $0.trigger == .at(endpoint) }
        guard let fault, license.claim() else { return nil }
        FileHandle.standardError.write(Data("fault at \(endpoint)\n".utf8))
        return fault.kind
    }

    func act(
        _ kind: FaultPlan.Kind, _ cancellation: Cancellation, _ honest: () async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        switch kind {
        case .die:
            kill(getpid(), SIGKILL)
            // The signal is on its way: send nothing meanwhile.
            try await Task.sleep(for: .seconds(3600))
            return HTTPResponse(statusCode: .internalServerError)
        case .hang:
            while !cancellation.isAbandoned { try await Task.sleep(for: .milliseconds(50)) }
            throw APIError.internalError("The request was abandoned")
        case .error500:
            throw APIError.internalError("Internal server error")
        case .garbage:
            return .json(data: Data("<html>not JSON at all".utf8))
        case .dribble: return .endless(pause: .seconds(1), chunk: 1)
        case .endless: return .endless(pause: .zero, chunk: 1 << 16)
        case .cutBody:
            cancellation.breakOff()
            return .cut(try await honest().bodyData)
        case .wrongScores:
            return .json(data: try await Self.withoutLastRow(honest().bodyData))
        case .nanScores:
            return .json(data: try await Self.withNaN(honest().bodyData))
        }
    }

    private func due(_ prompts: [String]) -> FaultPlan.Kind? {
        let index: Int? = state.withLock { state in
            defer { state.requests += 1 }
            let index = plan.requests.indices.first { index in
                switch plan.requests[index].trigger {
                case .after(let count, let times): state.requests >= count && state.acted[index] < times
                case .poison(let text): prompts.contains { $0.contains(text) }
                case .at: false
                }
            }
            if let index { state.acted[index] += 1 }
            return index
        }
        guard let index, license.claim() else { return nil }
        return plan.requests[index].kind
    }

    /// A pooling response without the last row of its first item. Other responses are unchanged.
    private static func withoutLastRow(_ body: Data) throws -> Data {
        guard var answer = try JSONSerialization.jsonObject(with: body) as? [String: Any],
            var items = answer["data"] as? [[String: Any]], let rows = items.first?["data"] as? [Any]
        else { return body }
        items[0]["data"] = Array(rows.dropLast())
        answer["data"] = items
        return try JSONSerialization.data(withJSONObject: answer)
    }

    /// A pooling response whose first score is NaN. Other responses are unchanged.
    private static func withNaN(_ body: Data) -> Data {
        let text = String(decoding: body, as: UTF8.self)
        guard let start = text.firstRange(of: "[["), let end = text[start.upperBound...].firstIndex(of: "]")
        else {
            return body
        }
        return Data(text.replacingCharacters(in: start.upperBound..<end, with: "NaN").utf8)
    }
}

/// Permission to inject faults, which `--fault-once` gives to one process only.
final class FaultLicense: Sendable {
    private let file: String?
    private let claimed = Mutex(false)

    init(file: String?) { self.file = file }

    /// Whether this process may inject faults: always without a file, otherwise if it is the one that creates the file.
    func claim() -> Bool {
        guard let file else { return true }
        return claimed.withLock { claimed in
            if !claimed {
                let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
                guard descriptor >= 0 else { return false }
                close(descriptor)
                claimed = true
            }
            return true
        }
    }
}

extension HTTPResponse {
    /// Announces more bytes than it ever sends.
    fileprivate static func endless(pause: Duration, chunk: Int) -> HTTPResponse {
        HTTPResponse(
            statusCode: .ok, headers: [.contentType: "application/json"],
            body: HTTPBodySequence(from: Blanks(pause: pause, chunk: chunk), count: 1 << 40))
    }

    /// Announces the whole of `body`, sends half of it and closes the connection.
    fileprivate static func cut(_ body: Data) -> HTTPResponse {
        HTTPResponse(
            statusCode: .ok, headers: [.contentType: "application/json"],
            body: HTTPBodySequence(from: HalfABody(half: body.prefix(body.count / 2)), count: body.count))
    }
}

/// Bytes that end with an error, on which FlyingFox closes the connection.
private struct HalfABody: AsyncBufferedSequence {
    typealias Element = UInt8

    let half: Data

    func makeAsyncIterator() -> Iterator { Iterator(rest: half) }

    struct Iterator: AsyncBufferedIteratorProtocol {
        var rest: Data?

        mutating func next() async throws -> UInt8? { try await nextBuffer(suggested: 1)?.first }

        mutating func nextBuffer(suggested count: Int) async throws -> Data? {
            guard let bytes = rest else { throw SocketError.disconnected }
            rest = nil
            return bytes
        }
    }
}

/// Spaces without end.
private struct Blanks: AsyncBufferedSequence {
    typealias Element = UInt8

    let pause: Duration
    let chunk: Int

    func makeAsyncIterator() -> Iterator { Iterator(blanks: self) }

    struct Iterator: AsyncBufferedIteratorProtocol {
        let blanks: Blanks

        mutating func next() async throws -> UInt8? { try await nextBuffer(suggested: 1)?.first }

        mutating func nextBuffer(suggested count: Int) async throws -> Data? {
            try await Task.sleep(for: blanks.pause)
            return Data(repeating: 0x20, count: blanks.chunk)
        }
    }
}
