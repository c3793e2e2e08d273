import Foundation
import TestSupport
import Testing

@testable import ModelLifecycle

@Suite("Logs that were written for a terminal") struct LogTextTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        var raw: String
        var plain: String
        var testDescription: String { raw.debugDescription }
    }

    static let samples = [
        Sample(raw: "plain\ntext, \t€ 你好\n", plain: "plain\ntext, \t€ 你好\n"),
        Sample(raw: "\u{1B}[1;36m(EngineCore_DP0 pid=7)\u{1B}[0;0m ERROR x", plain: "(EngineCore_DP0 pid=7) ERROR x"),
        Sample(raw: "\u{1B}[38;2;255;0;0mred\u{1B}[m \u{1B}[2K\u{1B}[1Aup", plain: "red up"),
        Sample(raw: "\u{1B}[38:2::255:0:0mred\u{1B}[K \u{1B}[?25lgone \u{1B}[4 qq", plain: "red gone q"),
        Sample(raw: "\u{9B}31mred\u{9B}0m", plain: "red"),
        // A title; a link that ends with ESC \; one that never ends and takes no other line with it.
        Sample(raw: "\u{1B}]0;title\u{07}a", plain: "a"),
        Sample(raw: "\u{1B}]8;;http://x\u{1B}\\link\u{1B}]8;;\u{1B}\\ b", plain: "link b"),
        Sample(raw: "\u{1B}]0;title\nValueError: x", plain: "\nValueError: x"),
        Sample(raw: "\u{1B}(Ba\u{1B}=b\u{1B}7c\u{1B}", plain: "abc"),
        // Cut off, as at the beginning or the end of a tail.
        Sample(raw: "1;36m(a\u{1B}[0", plain: "1;36m(a"),
        Sample(raw: "a\u{1B}[1;\nb", plain: "a\nb"),
        Sample(raw: "\u{1B}[1\u{1B}[0mx", plain: "x"),
        Sample(raw: "one\r\ntwo\r\n", plain: "one\ntwo\n"),
        Sample(raw: "a\u{0}b\u{7}c\u{8}d\u{7F}e\u{85}f", plain: "abcdef"),
        Sample(
            raw: "(Worker pid=7) \rshards:   0% Completed | 0/2\rshards: 100% Completed | 2/2\nnext",
            plain: "(Worker pid=7) \nshards: 100% Completed | 2/2\nnext"),
        Sample(
            raw: "Loading:  50%|█████     | 1/2\rValueError: no\rLoading: 100%|██| 2/2\r",
            plain: "ValueError: no\nLoading: 100%|██| 2/2"),
        Sample(raw: "", plain: ""), Sample(raw: "\r\r\n\u{1B}", plain: "\n"),
    ]

    @Test("a log's text is plain", arguments: samples)
    func plain(_ sample: Sample) { #expect(sample.raw.withoutTerminalControls == sample.plain) }

    /// Whatever comes: it ends, leaves no control character, and text without any as it is.
    @Test("any bytes become plain text")
    func anything() {
        var state: UInt64 = 14
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let pieces = [
            "\u{1B}", "\u{1B}[", "\u{1B}]", "\u{9B}", "\u{9C}", "\\", ";", "0", "m", "\u{7}", "\r", "\n", "é", "x", " ",
            "(",
            "\u{301}", "50%|", "\u{1B}P",
        ]
        for _ in 0..<5_000 {
            let text = (0..<random(12)).map { _ in pieces[random(pieces.count)] }.joined()
            let plain = text.withoutTerminalControls
            let controls = plain.unicodeScalars.filter { $0.properties.generalCategory == .control }
            #expect(controls.allSatisfy { $0 == "\n" }, "\(text.debugDescription)")
            #expect(plain.withoutTerminalControls == plain)
        }
    }

    @Test("a log's tail is plain, begins with a whole line and hides the key, even where colours are inside it")
    func tail() throws {
        let scratch = try Scratch()
        let log = try EngineLog.next(for: "draft", in: scratch.url.path)
        let key = Secret("0123456789abcdef")
        let lines =
            "\u{1B}[31mfirst line\u{1B}[0m\nsecond \u{1B}[1m01234567\u{1B}[0m89abcdef\n\u{1B}[1mthird\u{1B}[0m\n"
        try Data(lines.utf8).write(to: URL(filePath: log.path))
        #expect(log.tail(hiding: key) == "first line\nsecond \(key.description)\nthird\n")
        #expect(log.tail(bytes: 20, hiding: key) == "third\n")
    }
}
