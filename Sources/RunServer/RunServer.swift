import Foundation
import Reporting
import RunStore
import Support

/// Shows the runs in a folder over HTTP, live, and changes nothing anywhere.
///
/// Read-only by construction: only GET and HEAD are answered, pages are made in memory, and the only files that are opened for a client
/// are those of ``RunFiles`` in the directories of runs that the folder has.
package struct RunServer: Sendable {
    private let listener: HTTPListener
    private let access: Access
    private let shelf: RunShelf
    private let pages = ReportPages()
    private let folder: String

    /// - Parameters:
    ///   - folder: as the user typed it.
    ///   - host: the address that `listener` listens on.
    ///   - token: nil for a random one.
    package init(_ folder: String, on listener: HTTPListener, host: String, token: String? = nil) {
        self.listener = listener
        self.folder = folder
        access = Access(token: token ?? Access.randomToken(), host: host, port: listener.port)
        shelf = RunShelf(URL(filePath: folder))
    }

    /// With the token.
    package var address: String {
        let shown = ["0.0.0.0": "127.0.0.1", "::": "[::1]"][access.host] ?? access.host
        let host = shown.contains(":") && !shown.hasPrefix("[") ? "[\(shown)]" : shown
        return "http://\(host):\(listener.port)/?token=\(access.token)"
    }

    /// Serves until the task is cancelled.
    package func run() async throws {
        defer { shelf.stop() }
        try await listener.run { await reply(to: $0) }
    }

    /// - Parameter head: of any request, by anybody.
    func reply(to head: RequestHead) async -> Reply {
        if let refusal = access.refusal(of: head) { return refusal }
        guard head.method == "GET" || head.method == "HEAD" else {
            var reply = Reply(405, "This server only shows runs: GET and HEAD are all that it takes.")
            reply.headers = [("Allow", "GET, HEAD")]
            return reply
        }
        guard let path = head.components else { return Reply(400, "The address is not valid.") }
        var reply = await reply(to: path, head)
        // Whoever came with the address stays in.
        if head.field("token") != nil { reply.headers.append(access.cookie) }
        return reply
    }

    private func reply(to path: [String], _ head: RequestHead) async -> Reply {
        switch path.first {
        case "" where path.count == 1: await index()
        case "events" where path.count == 1: events(of: head.field("run"))
        case "metrics" where path.count == 1: await metrics()
        case "run" where path.count == 3: await run(path[1], path[2])
        default: Reply(404, "There is no such page.")
        }
    }

    // MARK: Pages

    private func index() async -> Reply {
        let page = IndexPage(folder: folder, rows: await shelf.fresh().rows, nonce: Access.randomToken())
        var reply = Reply.html(page.html)
        reply.headers = [("Content-Security-Policy", page.policy)]
        return reply
    }

    private func metrics() async -> Reply {
        let entries = await shelf.fresh().entries.sorted { $0.key < $1.key }
        let text = MetricsText(entries.compactMap { id, entry in entry.run.map { (id, $0) } }).text
        return Reply(type: MetricsText.type, .data(Data(text.utf8)))
    }

    private func run(_ id: String, _ name: String) async -> Reply {
        guard let directory = shelf.directory(of: id) else {
            return Reply(404, "There is no run \(quoted(id)) here, or it was deleted.")
        }
        if name.isEmpty { return await report(id, directory) }
        guard let (file, size) = RunFiles.open(name, of: directory) else {
            return Reply(404, "The run has no \(quoted(name)), or not yet.")
        }
        var reply = Reply(type: RunFiles.type(of: name), .file(file, size: size))
        reply.headers = [("Content-Security-Policy", "sandbox; default-src 'none'")]
        return reply
    }

    private func report(_ id: String, _ directory: RunDirectory) async -> Reply {
        let entry = shelf.snapshot.entries[id]
        if let run = entry?.run, !run.shards.isEmpty { return shards(id, run) }
        do {
            let html = try await pages.html(of: directory)
            var reply = Reply.html(entry.map { LivePage.html(html, $0.row) } ?? html)
            reply.headers = [("Content-Security-Policy", "base-uri 'none'; form-action 'none'; frame-ancestors 'none'")]
            return reply
        } catch {
            let explanation = (error as? any ProgramError)?.explanation.message ?? "\(error)"
            return .html(MessagePage.html(title: id, [.text("The report cannot be made: \(explanation)")]), status: 503)
        }
    }

    /// There is one report of all shards once they are merged.
    private func shards(_ id: String, _ run: LiveRun) -> Reply {
        let links = run.shards.map { part in
            let state = part.fault ?? part.run?.state.rawValue ?? "not started"
            let count = part.run.map { ", \($0.finished) of \($0.total) finished" } ?? ""
            let text = "shard \(part.shard): \(state)\(count)"
            guard part.run != nil else { return MessagePage.Line.text(text) }
            return .link("../../" + RunRow(id: "\(id)/\(part.shard.directoryName)").href, text)
        }
        let note = MessagePage.Line.text(
            "The shards are merged into one report by `rsd-batch merge`. Until then, each has its own:")
        return .html(MessagePage.html(title: id, [note] + links))
    }

    // MARK: Events

    /// A comment keeps the connection alive and shows whether the client is still there.
    private static let pause = Duration.milliseconds(500)
    private static let pausesPerComment = 20

    /// - Parameter only: the one run that the client wants to know of; nil for all.
    private func events(of only: String?) -> Reply {
        let feed = EventFeed(only: only)
        return Reply(
            type: "text/event-stream",
            .events { [shelf] in
                for _ in 0..<Self.pausesPerComment {
                    if let text = try await feed.next(shelf.snapshot) { return text }
                    try await Task.sleep(for: Self.pause)
                }
                return nil
            })
    }
}

/// What one client has yet to learn: always the latest state, however slow it is.
private actor EventFeed {
    private let only: String?
    private var version: Int?
    private var membership = -1

    init(only: String?) {
        self.only = only
    }

    /// nil if there is nothing new.
    func next(_ snapshot: RunShelf.Snapshot) throws -> Data? {
        let isFirst = version == nil
        guard isFirst || snapshot.version > version ?? 0 else { return nil }
        let entries = snapshot.entries.values.filter { only == nil || $0.row.id == only }
        var text = isFirst ? "retry: 3000\n\n" : ""
        if isFirst || snapshot.membership > membership {
            text += try Self.event("runs", entries.map(\.row.id).sorted())
            membership = snapshot.membership
        }
        for entry in entries.sorted(by: { $0.row.begun < $1.row.begun }) where isFirst || entry.version > version ?? 0 {
            text += try Self.event("run", entry.row)
        }
        if only == nil { text += try Self.event("lead", IndexPage.lead(snapshot.rows)) }
        version = snapshot.version
        return Data(text.utf8)
    }

    /// JSON has no line breaks of its own, so that no text can end the event.
    private static func event(_ name: String, _ value: some Encodable) throws -> String {
        "event: \(name)\ndata: \(String(decoding: try JSONText.encode(value), as: UTF8.self))\n\n"
    }
}
