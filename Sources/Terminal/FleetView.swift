import Foundation
import Runner
import Support

/// Several shards of a run on one terminal: a line each, and their sum.
package struct FleetView: Sendable {
    private let job: String
    private let names: [String]
    private var views: [RunView]
    private var said: [Line] = []

    /// - Parameter names: of the shards, such as `1/4`.
    package init(job: String, shards names: [String], begin: Double) {
        self.job = job
        self.names = names
        views = names.map { RunView(job: $0, begin: begin) }
    }

    package mutating func take(_ event: RunEvent, of shard: Int, at seconds: Double) {
        views[shard].take(event, at: seconds)
    }

    /// Adds a message to the lasting lines.
    ///
    /// - Parameter shard: nil if it concerns all.
    package mutating func say(_ message: String, _ style: Style = .plain, of shard: Int? = nil) {
        if let shard { views[shard].say(message, style) } else { said.append(Line(message, style)) }
    }

    /// Returns the lasting lines that have not been taken yet.
    package mutating func takeLasting(width: Int) -> [Line] {
        defer { said = [] }
        return said.flatMap { $0.wrapped(to: width, indent: 2) }
            + views.indices.flatMap { index in
                views[index].takeLasting(width: max(10, width - labelWidth)).map { label(index) + $0 }
            }
    }

    /// The block at a moment: no line wider than `width`, and no more lines than fit into `height`.
    package func block(width: Int, height: Int, at seconds: Double) -> [Line] {
        let rows = views.indices.map { index in
            let line = views[index].block(width: max(10, width - labelWidth), height: 1, at: seconds)[0]
            return (label(index) + line).truncated(to: width)
        }
        let shown = rows.prefix(max(0, height - 2))
        return [sum(width: width, at: seconds)] + shown
    }

    private func sum(width: Int, at seconds: Double) -> Line {
        let all = views.map(\.progress)
        var line = FittedLine()
        line.add(Line(job, .strong), rank: 0)
        line.add(Line(NumberFormat.counted(names.count, "shard")), rank: 2)
        if all.contains(where: \.isStopping) { line.add(Line("stopping", .yellow), rank: 0) }
        let failed = all.reduce(0) { $0 + $1.failed }
        if failed > 0 { line.addRight(Line("\(NumberFormat.grouped(failed)) failed", .red), rank: 3) }
        let finished = NumberFormat.grouped(all.reduce(0) { $0 + $1.finished })
        // Shards that wait for a GPU have not said how much they have to do.
        let total = all.contains { $0.total == nil } ? nil : all.reduce(0) { $0 + ($1.total ?? 0) }
        line.addRight(Line(finished + (total.map { "/" + NumberFormat.grouped($0) } ?? "") + " finished"), rank: 1)
        line.addRight(Line(NumberFormat.clock(seconds - (all.first?.begin ?? seconds)) + " elapsed", .dim), rank: 4)
        return line.line(width: width)
    }

    private var labelWidth: Int { (names.map(\.count).max() ?? 0) + 2 }

    private func label(_ index: Int) -> Line { Line(names[index].padded(to: labelWidth), .dim) }
}

/// The same as timestamped lines, for output that is not a terminal.
package struct FleetLog: Sendable {
    private let names: [String]
    private var logs: [PlainLog]
    private var lines: [String] = []

    package init(job: String, shards names: [String], begin: Double) {
        self.names = names
        logs = names.map { _ in PlainLog(job: job, begin: begin) }
    }

    package mutating func take(_ event: RunEvent, of shard: Int, at seconds: Double, date: Date) {
        logs[shard].take(event, at: seconds, date: date)
        collect(shard)
    }

    /// - Parameter shard: nil if it concerns all.
    package mutating func say(_ message: String, of shard: Int? = nil, date: Date) {
        guard let shard else {
            lines.append("\(date.formatted(.iso8601)) \(message.sanitized)")
            return
        }
        logs[shard].say(message, date: date)
        collect(shard)
    }

    package mutating func takeLines() -> [String] {
        defer { lines = [] }
        return lines
    }

    private mutating func collect(_ shard: Int) {
        lines += logs[shard].takeLines().map { line in
            guard let space = line.firstIndex(of: " ") else { return line }
            return "\(line[..<space]) shard \(names[shard]):\(line[space...])"
        }
    }
}
