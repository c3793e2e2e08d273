/// A block of lines drawn in place. Each call returns what to write so that the terminal shows the new block instead of the old.
package struct LiveBlock: Sendable {
    private var drawn: [Int] = []
    private var isCursorHidden = false

    package init() {}

    /// Draws `lasting` above the block, and the block in its new state.
    ///
    /// - Parameter width: the current width of the terminal. Lines drawn when it was wider have since been wrapped.
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

    /// Erases the block, prints `lasting`, and shows the cursor again.
    package mutating func finish(lasting: [Line], width: Int, colour: Bool) -> String {
        var text = toTop(width: width)
        for line in lasting { text += Self.clearLine + line.rendered(colour: colour) + "\r\n" }
        text += Self.clearBelow + (isCursorHidden ? Self.showCursor : "")
        drawn = []
        isCursorHidden = false
        return text
    }

    /// The cursor rests at the start of the last line, where neither a typed `^C` nor a new wrap moves it to another row.
    private func toTop(width: Int) -> String {
        let rows = drawn.dropLast().reduce(0) { $0 + max(1, ($1 + width - 1) / max(1, width)) }
        return "\r" + (rows > 0 ? "\u{1B}[\(rows)A" : "")
    }

    private static let hideCursor = "\u{1B}[?25l"
    private static let showCursor = "\u{1B}[?25h"
    /// Goes before the text: after a line that fills the width, the cursor still stands on its last character.
    private static let clearLine = "\u{1B}[K"
    private static let clearBelow = "\u{1B}[J"
}
