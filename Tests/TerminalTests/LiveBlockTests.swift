import Testing

@testable import Terminal

@Suite("The live block") struct LiveBlockTests {
    private static let block = [Line("head"), Line("body", .green), Line("foot")]

    @Test("a block is drawn over the last one")
    func redraws() {
        var live = LiveBlock()
        #expect(
            live.draw(lasting: [], block: Self.block, width: 80, colour: true)
                == "\u{1B}[?25l\r\u{1B}[Khead\r\n\u{1B}[K\u{1B}[32mbody\u{1B}[0m\r\n\u{1B}[Jfoot\r")
        #expect(
            live.draw(lasting: [Line("past")], block: Self.block, width: 80, colour: false)
                == "\r\u{1B}[2A\u{1B}[Kpast\r\n\u{1B}[Khead\r\n\u{1B}[Kbody\r\n\u{1B}[Jfoot\r")
    }

    @Test("lines that a narrower terminal has wrapped are drawn over")
    func resized() {
        var live = LiveBlock()
        let wide = [Line(String(repeating: "x", count: 100)), Line("foot")]
        _ = live.draw(lasting: [], block: wide, width: 100, colour: false)
        #expect(live.draw(lasting: [], block: Self.block, width: 40, colour: false).hasPrefix("\r\u{1B}[3A"))
    }

    @Test("the end shows the cursor and leaves nothing behind")
    func ends() {
        var live = LiveBlock()
        _ = live.draw(lasting: [], block: Self.block, width: 80, colour: false)
        #expect(
            live.finish(lasting: [Line("past")], width: 80, colour: false)
                == "\r\u{1B}[2A\u{1B}[Kpast\r\n\u{1B}[J\u{1B}[?25h")
        #expect(live.finish(lasting: [], width: 80, colour: false) == "\r\u{1B}[J")
    }
}
