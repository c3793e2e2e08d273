import Foundation
import Support

/// Reads the phases of a start from the engine's log as it grows. Pure: bytes and times are passed in.
///
/// Times are only as exact as the interval between reads; durations reported by the engine itself take precedence.
struct StartWatch: Sendable {
    private let mark: @Sendable (Substring) -> StartMark?
    /// An incomplete line.
    private var rest = Data()
    private var loadBegan: Double?
    private var lastLoaded: Double?
    /// With several processes, the slowest counts.
    private var reading: Double?
    private var loading: Double?
    private var warmUp: (end: Double, seconds: Double)?

    /// Longer lines are ignored.
    private static let longestLine = 16_384

    /// - Parameter mark: see ``EngineDialect/startMark(in:)``.
    init(_ mark: @escaping @Sendable (Substring) -> StartMark?) {
        self.mark = mark
    }

    /// Takes in new bytes of the log.
    ///
    /// - Parameter moment: when they were seen, in seconds since 1970.
    mutating func take(_ bytes: Data, at moment: Double) {
        rest.append(bytes)
        // Progress bars end their lines with a carriage return.
        guard let end = rest.lastIndex(where: Self.endsLine) else {
            if rest.count > Self.longestLine { rest = Data() }
            return
        }
        let lines = rest[..<end].split(whereSeparator: Self.endsLine)
        rest = Data(rest[rest.index(after: end)...])
        for line in lines where line.count <= Self.longestLine {
            mark(String(decoding: line, as: UTF8.self).withoutTerminalControls[...]).map { note($0, at: moment) }
        }
    }

    private static func endsLine(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }

    private mutating func note(_ mark: StartMark, at moment: Double) {
        switch mark {
        case .loadBegan: loadBegan = loadBegan ?? moment
        case .weightsRead(let seconds): (lastLoaded, reading) = (moment, max(seconds, reading ?? 0))
        case .loaded(let seconds): (lastLoaded, loading) = (moment, max(seconds, loading ?? 0))
        case .warmedUp(let seconds): warmUp = (moment, max(seconds, warmUp?.seconds ?? 0))
        }
    }

    /// - Parameter start: from the request to ready, by the clock of the moments.
    /// - Returns: nil if the log reported nothing.
    func phases(of start: TimeSpan) -> StartPhases? {
        var left = start.seconds
        func take(_ seconds: Double) -> Double {
            let taken = min(max(0, seconds), left)
            left -= taken
            return taken
        }
        // Backwards from the end, since nothing in the log marks the start itself.
        var phases = StartPhases()
        if let warmUp {
            phases.ready = take(start.end - warmUp.end)
            phases.graphs = take(max(warmUp.seconds, lastLoaded.map { warmUp.end - $0 } ?? 0))
        }
        if let lastLoaded {
            let seen = loadBegan.map { lastLoaded - $0 } ?? 0
            phases.weights = take(loading ?? max(reading ?? 0, seen))
        }
        if phases.graphs != nil, phases.weights != nil { phases.imports = left }
        return phases == StartPhases() ? nil : phases
    }
}

/// Follows the log of one start.
struct StartReader: Sendable {
    private let log: EngineLog
    private let clock = Stopwatch()
    private var offset = 0
    private(set) var watch: StartWatch

    init(_ log: EngineLog, _ dialect: any EngineDialect) {
        self.log = log
        watch = StartWatch { dialect.startMark(in: $0) }
    }

    /// Reads what is new in the log.
    mutating func look() {
        let bytes = log.bytes(from: offset)
        guard !bytes.isEmpty else { return }
        offset += bytes.count
        watch.take(bytes, at: clock.span.end)
    }
}
