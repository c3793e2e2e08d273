@testable import Datasets
import Foundation
import Testing

@Suite("Reading data sets")
struct DataReaderTests {
    private func read(_ data: Data, id: String? = nil, limit: Int? = nil) -> DatasetReader {
        let spec = DatasetSpec(
            name: "d", path: "/d.jsonl", question: "question", answer: "answer", id: id, limit: limit)
        var reader = DatasetReader(spec, showing: "d.jsonl")
        reader.read(data)
        return reader
    }

    @Test("line endings, a byte order mark, blank lines and a missing last line ending do not matter")
    func lines() {
        let text =
            "\u{FEFF}{\"question\": \"a\", \"answer\": 1}\r\n\r\n  \n\t{\"question\": \"b\", \"answer\": 2}\n"
            + "{\"question\": \"c\", \"answer\": 3}"
        let reader = read(Data(text.utf8))
        #expect(reader.diagnostics == [])
        #expect(reader.problems.map(\.question) == ["a", "b", "c"])
        #expect(reader.problems.map(\.id) == ["0", "1", "2"])
    }

    @Test(
        "strings are unescaped, numbers stay as they were written",
        arguments: [
            (#""a""#, "a"), (#""é𝄞""#, "é𝄞"), (#""\u00e9\ud834\udd1e""#, "é𝄞"),
            (#""a\nb\t\"\\\/\b\f\r""#, "a\nb\t\"\\/\u{8}\u{c}\r"),
            (#""line\u2028end""#, "line\u{2028}end"), (#""\u0000""#, "\0"), ("0", "0"), ("-1.50", "-1.50"),
            ("1e3", "1e3"),
            ("1E+06", "1E+06"), ("123456789012345678901234567890", "123456789012345678901234567890"),
            ("\"#### 18\"", "#### 18"),
        ])
    func values(json: String, answer: String) {
        let reader = read(
            Data("{\"x\": [{\"answer\": 0}, [], {}], \"question\": \"q\", \"answer\": \(json)}".utf8))
        #expect(!reader.diagnostics.contains { $0.severity == .error })
        #expect(reader.problems.map(\.answer) == [answer])
    }

    @Test("ids may be text or whole numbers")
    func ids() {
        let text = """
            {"question": "a", "answer": 1, "n": 7}
            {"question": "b", "answer": 1, "n": "test/algebra/1.json"}
            {"question": "c", "answer": 1, "n": -1}
            """
        let reader = read(Data(text.utf8), id: "n")
        #expect(reader.diagnostics == [])
        #expect(reader.problems.map(\.id) == ["7", "test/algebra/1.json", "-1"])
    }

    @Test("bytes that are not UTF-8, and UTF-16, are refused")
    func encodings() {
        let bad = read(Data("{\"question\": \"a".utf8) + [0xE9] + Data("\", \"answer\": 1}".utf8))
        #expect(
            bad.diagnostics.map { "\($0.line ?? 0):\($0.column ?? 0) \($0.message)" } == ["1:15 not UTF-8"])
        #expect(
            read(Data([0xFF, 0xFE, 0x7B, 0])).diagnostics.map(\.message) == [
                "the file is UTF-16; save it as UTF-8"
            ])
    }

    @Test("deep nesting is refused, and does not exhaust the stack")
    func nesting() {
        let deep = String(repeating: "[", count: 100_000)
        let reader = read(Data("{\"question\": \"q\", \"answer\": \(deep)".utf8))
        #expect(reader.diagnostics.map(\.message) == ["not JSON: nested too deeply"])
    }

    @Test("fifty thousand lines are read")
    func many() {
        var text = ""
        for index in 0..<50_000 {
            text +=
                #"{"question": "What is \#(index) plus one?\nAnswer with a number.", "answer": \#(index + 1), "id": \#(index)}"#
            text += "\n"
        }
        let reader = read(Data(text.utf8), id: "id")
        #expect(reader.diagnostics == [])
        #expect(reader.problems.count == 50_000)
        #expect(
            reader.problems.last
                == Problem(
                    dataset: "d", id: "49999", question: "What is 49999 plus one?\nAnswer with a number.",
                    answer: "50000"))
        #expect(read(Data(text.utf8), limit: 3).problems.count == 3)
    }
}
