/// The text generated so far, as bytes, with a search for stop strings.
///
/// Bytes rather than `String`: a token may end inside a character and a stop string inside a token, and Swift's string
/// search treats canonical equivalents as equal and "\r\n" as one character.
struct StoppableText {
    private var bytes: [UInt8] = []
    private let stops: [(text: String, bytes: [UInt8])]
    private let includeStop: Bool
    /// Number of bytes that ``next(isEnd:)`` has returned.
    private var sent = 0

    init(stops: [String], includeStop: Bool) {
        self.stops = stops.map { ($0, Array($0.utf8)) }
        self.includeStop = includeStop
    }

    /// Appends one token's bytes. If they complete a stop string, cuts the text before it (after it with `includeStop`) and
    /// returns it. If several are complete, the first of the list counts, as in vLLM.
    mutating func append(_ new: [UInt8]) -> String? {
        bytes.append(contentsOf: new)
        guard !new.isEmpty else { return nil }
        for stop in stops {
            // A stop string inside the older bytes would have been found before.
            let from = max(0, bytes.count - new.count - stop.bytes.count + 1)
            guard let start = firstIndex(of: stop.bytes, from: from) else { continue }
            bytes.removeSubrange((includeStop ? start + stop.bytes.count : start)...)
            return stop.text
        }
        return nil
    }

    private func firstIndex(of pattern: [UInt8], from: Int) -> Int? {
        guard bytes.count - pattern.count >= from else { return nil }
        return (from...bytes.count - pattern.count).first { bytes[$0...].starts(with: pattern) }
    }

    /// The text. Bytes that are not UTF-8, such as half a character at the end, become U+FFFD.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The text since the last call, without what more bytes may change: half a character, and the start of a stop string that
    /// is to be left out.
    mutating func next(isEnd: Bool) -> String {
        var end = bytes.count
        if !isEnd {
            if !includeStop { end -= (stops.map(\.bytes.count).max() ?? 1) - 1 }
            end = max(sent, startOfCharacter(before: end))
        }
        defer { sent = end }
        return String(decoding: bytes[sent..<end], as: UTF8.self)
    }

    /// `end`, or the start of the character that goes on there.
    private func startOfCharacter(before end: Int) -> Int {
        guard let start = (max(sent, end - 4)..<max(sent, end)).last(where: { bytes[$0] & 0xC0 != 0x80 }) else {
            return end
        }
        let length = bytes[start] < 0x80 ? 1 : max(1, (~bytes[start]).leadingZeroBitCount)
        return start + length > end ? start : end
    }
}
