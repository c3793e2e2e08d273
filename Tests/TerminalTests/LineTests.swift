import Testing

@testable import Terminal

@Suite("Styled lines") struct LineTests {
    @Test(
        "a line is as wide as its columns",
        arguments: [
            ("abc", 3), ("é", 1), ("e\u{301}", 1), ("数学", 4), ("한글", 4), ("👍🏽", 2), ("✓ ━ ─ … ×", 9), ("❤️", 2),
            ("𝑥", 1), ("ﾊ", 1), ("", 0),
        ])
    func width(text: String, width: Int) {
        #expect(Line(text).width == width)
    }

    @Test(
        "a line is truncated by columns",
        arguments: [
            (10, "数学 abc"), (8, "数学 abc"), (7, "数学 a…"), (5, "数学…"), (4, "数…"), (3, "数…"), (2, "…"), (1, "…"),
            (0, ""),
        ])
    func truncates(limit: Int, text: String) {
        let line = Line("数学", .green) + " abc"
        #expect(line.truncated(to: limit).text == text)
        #expect(line.truncated(to: limit).width <= limit)
    }

    @Test("a model's control characters are not obeyed")
    func hostile() {
        #expect(Line("a\u{1B}[2Jb\tc\rd\u{7F}").text == "a␛[2Jb    c␍d\u{FFFD}")
    }

    @Test("styles need colour")
    func colour() {
        let line = Line("12/12 ", .strong) + Line("done", .green) + "!"
        #expect(line.rendered(colour: true) == "\u{1B}[1m12/12 \u{1B}[0m\u{1B}[32mdone\u{1B}[0m!")
        #expect(line.rendered(colour: false) == "12/12 done!")
    }

    @Test("a line wraps between words")
    func wraps() {
        let lines = (Line("! ", .yellow) + "the engine stumbled over its own feet").wrapped(to: 16, indent: 2)
        #expect(lines.map(\.text) == ["! the engine", "  stumbled over", "  its own feet"])
        #expect(lines[0].spans[0].style == .yellow)
    }

    @Test("a line wraps within a word that is too long")
    func longWord() {
        #expect(
            Line("see /a/very/long/path").wrapped(to: 10, indent: 2).map(\.text)
                == ["see", "  /a/very/", "  long/pat", "  h"])
        #expect(Line("数学数学").wrapped(to: 5).map(\.text) == ["数学", "数学"])
        #expect(Line("").wrapped(to: 5).map(\.text) == [""])
    }

    @Test("a wrapped line is never wider than asked", arguments: [1, 2, 3, 7, 20, 60])
    func wrapWidth(width: Int) {
        let line =
            Line("   indented ") + Line("数学数学数学 and words ", .dim) + "and_a_word_that_has_no_end_at_all 👍👍👍"
        for part in line.wrapped(to: width, indent: 4) { #expect(part.width <= max(4, width)) }
    }

    @Test("a line fits its width")
    func fits() {
        var line = FittedLine()
        line.add(Line("job"), rank: 0)
        line.add(Line("wave 3"), rank: 2)
        line.addRight(Line("12/20 finished"), rank: 1)
        #expect(line.line(width: 30).text == "job · wave 3    12/20 finished")
        #expect(line.line(width: 25).text == "job        12/20 finished")
        #expect(line.line(width: 10).text == "job")
        #expect(line.line(width: 2).text == "j…")
    }

    @Test(
        "bars show their share",
        arguments: [(0, "──────────"), (50, "━━━━━─────"), (99, "━━━━━━━━━─"), (100, "━━━━━━━━━━")])
    func bars(done: Int, text: String) {
        #expect(Bar.line(done: done, of: 100, width: 10).text == text)
    }

    @Test(
        "colour depends on the terminal and the environment",
        arguments: [
            (ColourChoice.auto, true, [:], true), (.auto, false, [:], false),
            (.auto, true, ["NO_COLOR": "1"], false),
            (.auto, true, ["NO_COLOR": ""], true), (.auto, true, ["TERM": "dumb"], false),
            (.always, false, ["NO_COLOR": "1"], true), (.never, true, [:], false),
        ])
    func choosesColour(choice: ColourChoice, isTerminal: Bool, environment: [String: String], isOn: Bool) {
        #expect(choice.isOn(isTerminal: isTerminal, environment: environment) == isOn)
    }
}
