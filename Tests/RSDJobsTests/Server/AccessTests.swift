import Testing

@testable import RunServer

@Suite("Who may see the pages") struct AccessTests {
    private static let token = "abcdefghijklmnop"

    private func status(
        _ target: String = "/", host: String? = "localhost:9000", on address: String = "127.0.0.1", _ headers: String...
    ) throws -> Int? {
        let lines = ["GET \(target) HTTP/1.1"] + (host.map { ["Host: \($0)"] } ?? []) + headers
        let access = Access(token: Self.token, host: address, port: 6070)
        return access.refusal(of: try RequestHead(Array(lines.joined(separator: "\r\n").utf8)))?.status
    }

    @Test("the token in the address, the cookie or as a bearer's lets in, and nothing else does")
    func token() throws {
        #expect(try status("/?token=\(Self.token)") == nil)
        #expect(try status("/metrics?a=b&token=\(Self.token)") == nil)
        #expect(try status("/", "Cookie: rsd-batch-6070=\(Self.token)") == nil)
        #expect(try status("/", "Cookie: rsd-batch-6070=old; rsd-batch-6070=\(Self.token)") == nil)
        #expect(try status("/", "Authorization: Bearer \(Self.token)") == nil)
        for target in [
            "/", "/?token=", "/?token", "/?token=\(Self.token)x", "/?token=\(Self.token.dropLast())",
            "/?Token=\(Self.token)",
            "/?token=\(Self.token.uppercased())", "/\(Self.token)", "/?token=\(Self.token)&token=\(Self.token)",
        ] {
            #expect(try status(target) == 401, "\(target)")
        }
        #expect(try status("/", "Cookie: rsd-batch-6071=\(Self.token)") == 401)
        #expect(try status("/", "Authorization: Basic \(Self.token)") == 401)
        #expect(try status("/", "Referer: http://127.0.0.1/?token=\(Self.token)") == 401)
    }

    @Test(
        "a name that was made to point here is refused, whatever the token",
        arguments: [
            ("evil.example", 403), ("evil.example:6070", 403), ("127.0.0.1.evil.example", 403), ("192.168.0.7", 403),
            ("localhost.evil.example", 403), ("", 403), ("localhost", nil), ("LOCALHOST:1", nil),
            ("127.0.0.1:8888", nil),
            ("[::1]:6070", nil),
        ] as [(String, Int?)])
    func hosts(host: String, expected: Int?) throws {
        #expect(try status("/?token=\(Self.token)", host: host) == expected)
    }

    @Test("where it listens on other addresses, those are its names too")
    func otherAddresses() throws {
        let target = "/?token=\(Self.token)"
        for host in ["10.0.0.5", "10.0.0.5:6070", "localhost", "[fe80::1]:6070"] {
            #expect(try status(target, host: host, on: "0.0.0.0") == nil, "\(host)")
        }
        #expect(try status(target, host: "evil.example", on: "0.0.0.0") == 403)
        #expect(try status(target, host: nil) == 400)
    }

    @Test("tokens are random, and the cookie is for this server's pages alone")
    func cookie() {
        let tokens = Set((0..<100).map { _ in Access.randomToken() })
        #expect(tokens.count == 100 && tokens.allSatisfy { $0.count == 32 && $0.allSatisfy(\.isHexDigit) })
        let cookie = Access(token: "t", host: "127.0.0.1", port: 6070).cookie
        #expect(cookie.value == "rsd-batch-6070=t; Path=/; HttpOnly; SameSite=Strict")
    }
}
