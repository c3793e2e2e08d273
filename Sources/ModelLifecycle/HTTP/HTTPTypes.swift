import Foundation
import Support

/// A value that must not be seen: an API key. It prints as dots.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    package let value: String

    package init(_ value: String) { self.value = value }

    package var description: String { "•••" }
    package var debugDescription: String { "•••" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Where a server is, and the key to it.
package struct HTTPEndpoint: Sendable, Hashable {
    /// Without a slash at the end: `http://127.0.0.1:8000`.
    package var base: String
    /// Sent as `Authorization: Bearer KEY`.
    package var key: Secret?

    package init(base: String, key: Secret? = nil) {
        self.base = base
        self.key = key
    }
}

/// One request to a server.
package struct HTTPRequest: Sendable {
    package enum Method: String, Sendable { case get = "GET", post = "POST" }

    /// How a server is reached.
    package enum Route: Sendable, Hashable {
        /// By no proxy, and only where the URL says: engines.
        case direct
        /// By the proxies that the environment names (`https_proxy` and its kin, as libcurl reads them), and on to where
        /// answers redirect; given up when nothing arrives for so long.
        case web(stallLimit: Duration)
    }

    package var method: Method
    package var url: String
    package var key: Secret?
    /// Sent as `application/json` when it is there.
    package var body: Data?
    /// From the start of the request to the last byte of its answer.
    package var deadline: Duration
    /// For the connection alone.
    package var connectLimit: Duration
    /// Bytes of the answer's body, where that is less than the client takes of any.
    package var answerLimit = Int.max
    package var route = Route.direct
    /// Told the bytes of the answer's body so far, and how many it will have where the server says so. It is called on the
    /// HTTP thread, which must not wait.
    package var progress: (@Sendable (_ received: Int, _ expected: Int?) -> Void)?

    package init(
        _ method: Method, _ endpoint: HTTPEndpoint, _ path: String, body: Data? = nil,
        deadline: Duration = .seconds(3600), connectLimit: Duration = .seconds(10)
    ) {
        self.method = method
        url = endpoint.base + path
        key = endpoint.key
        self.body = body
        self.deadline = deadline
        self.connectLimit = connectLimit
    }
}

/// What a server answered, whatever its status.
package struct HTTPResponse: Sendable {
    package let status: Int
    package let body: Data
    let rawHeaders: Data

    /// The first header of that name, which is compared without regard to case.
    package func header(_ name: String) -> String? {
        for line in String(decoding: rawHeaders, as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            guard line[..<colon].caseInsensitiveCompare(name) == .orderedSame else { continue }
            return line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        return nil
    }
}

/// Why there is no answer.
package enum HTTPError: ProgramError, Hashable {
    /// Nobody listens there.
    case refused(url: String)
    /// The deadline or the connect limit passed.
    case timedOut(url: String)
    /// The calling task was cancelled; the connection was closed.
    case cancelled
    /// The connection ended before the answer was whole.
    case connectionLost(url: String, reason: String)
    /// The answer was longer than the client takes.
    case tooLarge(url: String, limit: Int)
    /// The client was shut down.
    case shutDown
    /// Anything else, with libcurl's number and words.
    case other(code: Int, message: String, url: String)

    package var explanation: Explanation { Explanation("http", .engine, description, remedy: nil) }

    package var description: String {
        switch self {
        case .refused(let url): "\(url): connection refused, nobody listens there"
        case .timedOut(let url): "\(url): no answer in time"
        case .cancelled: "the request was cancelled"
        case .connectionLost(let url, let reason):
            "\(url): the connection ended before the answer was whole (\(reason))"
        case .tooLarge(let url, let limit): "\(url): the answer is longer than \(limit) bytes"
        case .shutDown: "the HTTP client was shut down"
        case .other(let code, let message, let url): "\(url): \(message) (libcurl \(code))"
        }
    }
}
