import Foundation
import TestSupport
import Testing

@testable import JobSpecs
@testable import RunServer
@testable import RunStore

@Suite("The server of runs") struct RunServerTests {
    @Test("nothing is shown without the token, and the refusal says where it is")
    func refusal() async throws {
        let scratch = try Scratch()
        try await ServedRuns.serve(scratch.url.path) { port in
            for path in ["/", "/metrics", "/events", "/run/a/", "/nothing", "/%2e%2e/"] {
                let answer = try await PlainClient.get(port, path)
                #expect(answer.status == 401 && answer.body.contains("rsd-batch serve"), "\(answer)")
            }
            #expect(try await PlainClient.get(port, "/", host: "evil.example").status == 403)
            let first = try await PlainClient.get(port, "/?token=\(ServedRuns.token)")
            #expect(first.status == 200 && first.contains("Set-Cookie: rsd-batch-\(port)=\(ServedRuns.token);"))
            #expect(first.contains("script-src 'nonce-") && first.contains("frame-ancestors 'none'"))
        }
    }

    @Test(
        "only GET and HEAD are taken, and HEAD has no body",
        arguments: ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get"])
    func methods(method: String) async throws {
        let scratch = try Scratch()
        try await ServedRuns.serve(scratch.url.path) { port in
            let cookie = "Cookie: rsd-batch-\(port)=\(ServedRuns.token)"
            let answer = try await PlainClient.get(port, "/", method: method, headers: [cookie])
            #expect(answer.status == 405 && answer.contains("Allow: GET, HEAD"))
            let head = try await PlainClient.get(port, "/", method: "HEAD", headers: [cookie])
            #expect(head.status == 200 && head.body.isEmpty && head.contains("Content-Length: "))
        }
    }

    @Test("of a run, its report and three files are sent, and nothing else of the folder or beyond it")
    func files() async throws {
        let runs = try ComparedRuns()
        try await runs.run("a")
        try await runs.run("sweep/b")
        let folder = runs.directory("").url
        try Data("secret".utf8).write(to: folder.appending(path: "secret.txt"))
        let (a, b) = (runs.directory("a"), runs.directory("sweep/b"))
        // Links that lead out, in the place of a file and of a run.
        try FileManager.default.removeItem(at: b.results)
        try FileManager.default.createSymbolicLink(
            at: b.results, withDestinationURL: folder.appending(path: "secret.txt"))
        let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
        try await ServedRuns.serve(folder.path) { port in
            let index = try await ServedRuns.get(port, "/")
            #expect(index.contains("href=\"run/a/\"") && index.contains("href=\"run/sweep%2Fb/\""), "\(index.body)")
            let report = try await ServedRuns.get(port, "/run/a/")
            #expect(report.status == 200 && report.contains("connect-src 'self'") && report.contains("id=\"rsd-live\""))
            let results = try await ServedRuns.get(port, "/run/a/results.jsonl")
            let written = String(decoding: try Data(contentsOf: a.results), as: UTF8.self)
            #expect(results.status == 200 && results.body == written)
            for path in [
                "/secret.txt", "/run/a/../secret.txt", "/run/a/%2e%2e%2fsecret.txt", "/run/%2e%2e/secret.txt",
                "/run/a/manifest.json",
                "/run/a/job.yaml", "/run/a/journal/events.jsonl", "/run/a/journal%2Fevents.jsonl",
                "/run/a/results.jsonl%00",
                "/run/a%00/", "/run/..%2fa/", "/run//results.jsonl", "/run/sweep%2Fb/results.jsonl", "/run/sweep/b/",
                "//a/", "/run/a",
                "/run/a/report.html", "/run/sweep%2F..%2Fa/", "/run/a%2F/", "/index.html", "/run/a/logs/",
            ] {
                let answer = try await ServedRuns.get(port, path)
                #expect(answer.status == 404 && !answer.contains("secret\n"), "\(path): \(answer.prefix(200))")
            }
        }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() == before)
    }

    @Test("names and texts come to the pages as text")
    func hostile() async throws {
        let runs = try ComparedRuns()
        let name = #"<img src=x onerror=alert(1)>&"'{{nonce}}"#
        try await runs.run("plain", [("p1", "</script><script>alert(1)</script>", "1")])
        try FileManager.default.moveItem(at: runs.directory("plain").url, to: runs.directory(name).url)
        try await ServedRuns.serve(runs.directory("").url.path) { port in
            let index = try await ServedRuns.get(port, "/").body
            #expect(
                !index.contains("<img") && index.contains("&lt;img src=x onerror=alert(1)&gt;&amp;&quot;&#39;{{nonce}}")
            )
            let events = try PlainClient(port)
            events.send("GET /events?token=\(ServedRuns.token) HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let text = await events.read { $0.contains("event: lead") }
            let lines = text.body.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(
                lines.allSatisfy { line in
                    ["", "retry:", "event:", "data:"].contains { $0.isEmpty ? line.isEmpty : line.hasPrefix($0) }
                })
            let metrics = try await ServedRuns.get(port, "/metrics").body
            #expect(metrics.contains(#"onerror=alert(1)>&\"'{{nonce}}""#))
            let href = try #require(index.firstMatch(of: /href="(run\/[^"]+\/)"/)?.1)
            let report = try await ServedRuns.get(port, "/\(href)")
            #expect(report.status == 200 && !report.contains("<script>alert"))
        }
    }

    @Test("fifty watchers see a run grow and go")
    func watchers() async throws {
        let runs = try ComparedRuns()
        try await runs.run("a")
        let a = runs.directory("a")
        let journal = try Data(contentsOf: a.journal).split(separator: 10)
        try Data(journal.dropLast(4).joined(separator: [10]) + [10]).write(to: a.journal)
        for file in [a.results, a.summary] { try FileManager.default.removeItem(at: file) }
        try await ServedRuns.serve(runs.directory("").url.path) { port in
            let request = "GET /events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(ServedRuns.token)\r\n\r\n"
            let watchers = try (0..<50).map { _ in try PlainClient(port) }
            for watcher in watchers { watcher.send(request) }
            func all(_ isEnough: @escaping @Sendable (String) -> Bool) async -> [String] {
                await withTaskGroup(of: String.self) { group in
                    for watcher in watchers { group.addTask { await watcher.read(until: isEnough) } }
                    return await group.reduce(into: []) { $0.append($1) }
                }
            }
            #expect(await all { $0.contains(#""state":"stopped""#) }.allSatisfy { $0.status == 200 })
            try Data(journal.joined(separator: [10]) + [10]).write(to: a.journal)
            #expect(await all { $0.contains("12 of 12") }.count == 50)
            try FileManager.default.removeItem(at: a.url)
            #expect(await all { $0.contains("event: runs\ndata: []") }.count == 50)
            // Others are served meanwhile, and what has gone is no error.
            #expect(try await ServedRuns.get(port, "/run/a/").status == 404)
            #expect(try await ServedRuns.get(port, "/").contains("No run here yet"))
        }
    }

    @Test("a run that cannot be read is shown with its fault, and hides no other")
    func damaged() async throws {
        let runs = try ComparedRuns()
        try await runs.run("a")
        try await runs.run("b")
        try Data("{".utf8).write(to: runs.directory("a").manifest)
        try await ServedRuns.serve(runs.directory("").url.path) { port in
            let index = try await ServedRuns.get(port, "/").body
            #expect(index.contains("manifest.json is damaged") && index.contains("12 of 12"), "\(index)")
            #expect(try await ServedRuns.get(port, "/run/a/").status == 503)
            #expect(try await ServedRuns.get(port, "/run/b/").status == 200)
        }
    }

    @Test("a request without end is refused, and one that takes too long is cut off; others are served meanwhile")
    func limits() async throws {
        let scratch = try Scratch()
        var limits = HTTPLimits()
        limits.head = .milliseconds(300)
        limits.connections = 3
        try await ServedRuns.serve(scratch.url.path, limits: limits) { port in
            let long = try PlainClient(port)
            long.send("GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: 100_000))
            #expect(await long.read().status == 431)
            let slow = try PlainClient(port)
            slow.send("GET / HT")
            #expect(await slow.read().isEmpty)
            // Silent connections take all places until they are cut off.
            let silent = try (0..<3).map { _ in try PlainClient(port) }
            for connection in silent { #expect(await connection.read().isEmpty) }
            #expect(try await ServedRuns.get(port, "/").status == 200)
        }
    }

    @Test("a port that is taken, and what is no address, are errors before anything is served")
    func ports() throws {
        let first = try HTTPListener(host: "127.0.0.1", port: 0)
        let taken = #expect(throws: CannotListen.self) { try HTTPListener(host: "127.0.0.1", port: first.port) }
        #expect(taken?.errno == EADDRINUSE)
        #expect(throws: CannotListen.self) { try HTTPListener(host: "example.org", port: 0) }
        #expect(throws: CannotListen.self) { try HTTPListener(host: "192.0.2.1", port: 0) }
    }
}
