/// How responses separate their thoughts from their answer: the marks around thoughts, as reasoning models write them.
package struct Thoughts: Sendable, Hashable {
    /// `<think>`
    package var begin: String
    /// `</think>`
    package var end: String
    /// Whether the prompt ends within the thoughts, so that a response begins with them.
    package var areOpen: Bool
    /// Whether the PRM does not see them.
    package var areHidden: Bool

    package init(begin: String, end: String, areOpen: Bool, areHidden: Bool = false) {
        self.begin = begin
        self.end = end
        self.areOpen = areOpen
        self.areHidden = areHidden
    }

    /// The text after the thoughts, all of it if there are none; nil if the response ends within its thoughts.
    ///
    /// Thoughts may come in several blocks, and an end without a begin ends thoughts too: the answer is what follows the
    /// last end.
    package func answer(in response: String) -> String? {
        let bytes = Array(response.utf8)
        let closed = bytes.lastEnd(of: Array(end.utf8))
        let opened = bytes.lastEnd(of: Array(begin.utf8)) ?? (areOpen ? 0 : nil)
        if let opened, opened > closed ?? -1 { return nil }
        return String(decoding: bytes[(closed ?? 0)...], as: UTF8.self)
    }
}

extension [UInt8] {
    /// The place after the last occurrence of a text.
    fileprivate func lastEnd(of text: [UInt8]) -> Int? {
        guard let first = text.first else { return nil }
        var start = count - text.count
        while start >= 0 {
            if self[start] == first, self[start...].starts(with: text) { return start + text.count }
            start -= 1
        }
        return nil
    }
}
