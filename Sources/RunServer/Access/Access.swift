import Foundation
import Support

/// Who may see the pages: who has the token, and asks for them under a name that a browser cannot be tricked into.
struct Access: Sendable {
    /// Letters and digits.
    let token: String
    /// Of the address that the server listens on.
    let host: String
    let port: UInt16

    /// A random token of 128 bits.
    static func randomToken() -> String {
        var random = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let digits = String(random.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// The refusal of a request; nil if it is allowed.
    func refusal(of head: RequestHead) -> Reply? {
        guard let name = head["host"] else { return Reply(400, "The request has no Host header.") }
        guard isOwn(host: name) else {
            return Reply(403, "This server is not \(quoted(name)): open the address that `rsd-batch serve` printed.")
        }
        guard isKnown(head) else {
            var reply = Reply(
                401,
                "The token is missing or wrong. Open the whole address that `rsd-batch serve` printed when it was started: it ends in "
                    + "?token=… . It changes with every start.")
            reply.headers = [("WWW-Authenticate", "Bearer")]
            return reply
        }
        return nil
    }

    /// Makes the browser send the token with later requests to this server.
    var cookie: (name: String, value: String) {
        ("Set-Cookie", "\(cookieName)=\(token); Path=/; HttpOnly; SameSite=Strict")
    }

    /// Servers on other ports of the machine get the same cookies.
    private var cookieName: String { "rsd-batch-\(port)" }

    private func isKnown(_ head: RequestHead) -> Bool {
        var candidates = head.cookies(cookieName)
        if let given = head.field("token") { candidates.append(given) }
        if let header = head["authorization"], header.lowercased().hasPrefix("bearer ") {
            candidates.append(header.dropFirst(7).trimmingCharacters(in: .whitespaces))
        }
        return candidates.contains(where: isToken)
    }

    /// Takes the same time for every text of the same length.
    private func isToken(_ text: String) -> Bool {
        let (left, right) = (Array(text.utf8), Array(token.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// A page of another site whose name was made to point here sends that name. Through a tunnel, the port is another.
    private func isOwn(host name: String) -> Bool {
        let host = Self.withoutPort(name).lowercased()
        if ["127.0.0.1", "localhost", "[::1]"].contains(host) { return true }
        let isLoopback = ["127.0.0.1", "::1"].contains(self.host)
        return !isLoopback
            && (host == self.host || host == "[\(self.host)]" || Self.isAddress(host) || host == Self.machine)
    }

    private static var machine: String { ProcessInfo.processInfo.hostName.lowercased() }

    private static func withoutPort(_ name: String) -> Substring {
        if name.hasPrefix("["), let end = name.firstIndex(of: "]") { return name[...end] }
        return name.prefix { $0 != ":" }
    }

    private static func isAddress(_ host: String) -> Bool {
        var (v4, v6) = (in_addr(), in6_addr())
        if host.hasPrefix("["), host.hasSuffix("]") {
            return inet_pton(AF_INET6, String(host.dropFirst().dropLast()), &v6) == 1
        }
        return inet_pton(AF_INET, host, &v4) == 1
    }
}
