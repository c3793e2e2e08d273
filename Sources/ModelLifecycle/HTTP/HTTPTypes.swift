import Foundation
import Support

/// A value that must not be shown, such as an API key. It prints as dots.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    package let value: String

    package init(_ value: String) { self.value = value }

    package var description: String { "•••" }
    package var debugDescription: String { "•••" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// The address of a server and its key.
package struct HTTPEndpoint: Sendable, Hashable {
    /// Without a trailing slash: `http://127.0.0.1:8000`.
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

    /// How to reach a server.
    package enum Route: Sendable, Hashable {
        /// Without proxies or redirects: for engines.
        case direct
        /// Through the proxies in the environment (`https_proxy` and the like, as libcurl reads them), following
        /// redirects; aborted if nothing arrives for the stall limit.
        case web(stallLimit: Duration)
    }

    package var method: Method
    package var url: String
    package var key: Secret?
    /// Sent as `application/json`, if set.
    package var body: Data?
    /// From the start of the request to the last byte of its response.
    package var deadline: Duration
    /// For connecting only.
    package var connectLimit: Duration
    /// Bytes of the response body, if lower than the client's own limit.
    package var answerLimit = Int.max
    package var route = Route.direct
    /// Receives the number of bytes so far, and the expected total if the server reports it. Called on the HTTP thread;
    /// must not block.
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

/// What the receiver of a body that is read as it arrives wants next.
package enum HTTPReceipt: Sendable, Hashable {
    /// More. `holding` bytes of what has arrived are kept by the receiver and count towards
    /// ``HTTPClient/Limits/arrivingBytes``.
    case more(holding: Int)
    /// No more: the connection is closed.
    case enough
}

/// Receives the bytes of a body in order, as they arrive. Called on the HTTP thread, by one transfer at a time; must not
/// block.
package typealias HTTPReceiver = @Sendable (Data) -> HTTPReceipt

/// A server's response, whatever its status.
package struct HTTPResponse: Sendable {
    package let status: Int
    /// Empty if a receiver took it.
    package let body: Data
    let rawHeaders: [UInt8]

    /// The first header of that name, ignoring case.
    package func header(_ name: String) -> String? {
        for line in String(decoding: rawHeaders, as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            guard line[..<colon].caseInsensitiveCompare(name) == .orderedSame else { continue }
            return line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        return nil
    }
}

/// Why there is no response.
package enum HTTPError: ProgramError, Hashable {
    /// Nothing listens there.
    case refused(url: String)
    /// The deadline or the connect limit passed.
    case timedOut(url: String)
    /// The calling task was cancelled; the connection was closed.
    case cancelled
    /// The connection ended before the response was complete.
    case connectionLost(url: String, reason: String)
    /// The response was longer than the limit.
    case tooLarge(url: String, limit: Int)
    /// The client was shut down.
    case shutDown
    /// Any other error, with libcurl's number and message.
    case other(code: Int, message: String, url: String)

    package var explanation: Explanation { Explanation("http", .engine, description, remedy: nil) }

    package var description: String {
        switch self {
        case .refused(let url): "\(url): connection refused; no server is listening there"
        case .timedOut(let url): "\(url): no response in time"
        case .cancelled: "the request was cancelled"
        case .connectionLost(let url, let reason):
            "\(url): the connection ended before the response was complete (\(reason))"
        case .tooLarge(let url, let limit): "\(url): the response is longer than \(limit) bytes"
        case .shutDown: "the HTTP client was shut down"
        case .other(let code, let message, let url): "\(url): \(message) (libcurl \(code))"
        }
    }
}
