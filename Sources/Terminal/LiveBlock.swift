/// Draws a block of lines in place: what to write so that the terminal shows it instead of what was drawn before.
package struct LiveBlock: Sendable {
    private var drawn: [Int] = []
    private var isCursorHidden = false

    package init() {}

    /// Puts `lasting` above the block, and the block in its new state below.
    ///
    /// - Parameter width: of the terminal as it is now. Lines drawn when it was wider have been wrapped by it since.
    package mutating func draw(lasting: [Line], block: [Line], width: Int, colour: Bool) -> String {
        var text = isCursorHidden ? "" : Self.hideCursor
        isCursorHidden = true
        text += toTop(width: width)
        for line in lasting { text += Self.clearLine + line.rendered(colour: colour) + "\r\n" }
        for line in block.dropLast() { text += Self.clearLine + line.rendered(colour: colour) + "\r\n" }
        text += Self.clearBelow + (block.last?.rendered(colour: colour) ?? "")
        drawn = block.map(\.width)
        return text + "\r"
    }

    /// Takes the block away, leaves `lasting`, and gives the cursor back.
    package mutating func finish(lasting: [Line], width: Int, colour: Bool) -> String {
        var text = toTop(width: width)
        for line in lasting { text += Self.clearLine + line.rendered(colour: colour) + "\r\n" }
        text += Self.clearBelow + (isCursorHidden ? Self.showCursor : "")
        drawn = []
        isCursorHidden = false
        return text
    }

    /// The cursor was left at the start of the last line, where neither a typed `^C` nor a new wrap moves it off its row.
    private func toTop(width: Int) -> String {
        let rows = drawn.dropLast().reduce(0) { $0 + max(1, ($1 + width - 1) / max(1, width)) }
        return "\r" + (rows > 0 ? "\u{1B}[\(rows)A" : "")
    }

    private static let hideCursor = "\u{1B}[?25l"
    private static let showCursor = "\u{1B}[?25h"
    /// Comes before the text: after a line that fills the width, the cursor would still stand on its last character.
    private static let clearLine = "\u{1B}[K"
    private static let clearBelow = "\u{1B}[J"
}
