import Foundation

/// Cuts a body of the type `text/event-stream` into the data of its events, as
/// [the standard](https://html.spec.whatwg.org/multipage/server-sent-events.html) says. Names and ids of events, and
/// comments, are left out.
///
/// The body comes in pieces that end anywhere.
struct EventStreamReader {
    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The start of a line whose end has not come.
    private var line: [UInt8] = []
    /// The data of the event so far; nil before its first line of data.
    private var data: [UInt8]?
    private var isFirstLine = true
    /// Whether the last byte ended a line as the first half of CR LF.
    private var mayHaveHalf = false

    /// Bytes that are kept.
    var size: Int { line.count + (data?.count ?? 0) }

    /// - Returns: the data of each event that is now complete.
    mutating func take(_ bytes: Data) -> [Data] {
        var events: [Data] = []
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            if mayHaveHalf, rest.first == Self.newline { rest = rest.dropFirst() }
            if !rest.isEmpty { mayHaveHalf = false }
            while let end = rest.firstIndex(where: { $0 == Self.newline || $0 == Self.carriageReturn }) {
                if line.isEmpty {
                    finish(rest[..<end], &events)
                } else {
                    line.append(contentsOf: rest[..<end])
                    line.withUnsafeBytes { finish($0[...], &events) }
                    line = []
                }
                let isHalf = rest[end] == Self.carriageReturn
                rest = rest[(end + 1)...]
                if isHalf {
                    if rest.first == Self.newline { rest = rest.dropFirst() } else { mayHaveHalf = rest.isEmpty }
                }
            }
            line.append(contentsOf: rest)
        }
        return events
    }

    private mutating func finish(_ whole: Slice<UnsafeRawBufferPointer>, _ events: inout [Data]) {
        var line = whole
        if isFirstLine, line.starts(with: Self.mark) { line = line.dropFirst(Self.mark.count) }
        isFirstLine = false
        guard !line.isEmpty else {
            if let data { events.append(Data(data)) }
            data = nil
            return
        }
        guard line.starts(with: "data".utf8) else { return }
        line = line.dropFirst(4)
        guard line.isEmpty || line.first == UInt8(ascii: ":") else { return }
        line = line.dropFirst()
        if line.first == UInt8(ascii: " ") { line = line.dropFirst() }
        if data == nil { data = Array(line) } else { data?.append(contentsOf: [Self.newline] + line) }
    }
}
