@testable import Datasets
import Foundation
import Testing

@Suite("JSON documents as data sets")
struct JSONDocumentTests {
    private func read(_ text: String, _ change: (inout DatasetSpec) -> Void = { _ in }) -> DatasetReader {
        var spec = DatasetSpec(name: "d", path: "/d.json", question: "q", answer: "a")
        change(&spec)
        var reader = DatasetReader(spec, showing: "d.json")
        reader.read(Data(text.utf8))
        return reader
    }

    private func faults(_ text: String) -> [String] {
        read(text).diagnostics.map { $0.rendered.split(separator: "\n").first.map(String.init) ?? "" }
    }

    @Test("a document may be a list of objects")
    func list() {
        let reader = read("\u{FEFF}\n[ {\"q\": \"x\", \"a\": 1.50} ,\n {\"a\": \"y\", \"q\": \"[{\"} ] \n")
        #expect(reader.diagnostics == [])
        #expect(reader.problems.map(\.question) == ["x", "[{"])
        #expect(reader.problems.map(\.answer) == ["1.50", "y"])
        #expect(reader.problems.map(\.id) == ["0", "1"])
    }

    @Test("a document may be an object with one list of objects")
    func listInObject() {
        let text = #"""
            {"version": {"n": [1]}, "tags": ["a", {}], "empty": [],
             "data": [{"q": "x", "a": 1}, {"q": "y", "a": 2}], "note": "[{"}
            """#
        #expect(read(text).diagnostics == [])
        #expect(read(text).problems.map(\.question) == ["x", "y"])
    }

    @Test("dots in a field's name lead into objects")
    func dots() {
        let rows = read(#"{"rows": [{"row": {"q": "x", "info": {"a": 3}}}]}"#) {
            $0.question = "row.q"
            $0.answer = "row.info.a"
        }
        #expect(rows.problems.map(\.answer) == ["3"])
        // A field of the whole name comes first.
        #expect(read(#"[{"q": "x", "a": 1, "i.a": 2, "i": {"a": 3}}]"#) { $0.answer = "i.a" }.problems[0].answer == "2")
        let missing = read(#"[{"q": "x", "a": {"value": 1}}, {"q": "x", "a": 5}]"#) { $0.answer = "a.valeu" }
        #expect(
            missing.diagnostics.map(\.message) == [
                "no field 'valeu'; 'a' has 'value'; did you mean 'value'?",
                "no field 'a.valeu'; the record has 'q', 'a'",
            ])
        for path in [".", "a.", ".a", "a..b", "a.b.c"] {
            #expect(read(#"[{"q": "x", "a": {"b": 1}}]"#) { $0.answer = path }.problems == [])
        }
    }

    @Test("only the fields that are used are checked")
    func unusedFields() {
        let text = #"[{"q": "x", "a": 1}, 5, {"q": "y"}, {"q": "z", "a": 3}, oops"#
        #expect(read(text) { $0.limit = 1 }.diagnostics == [])
        let some = read(text) { ($0.start, $0.limit) = (3, 1) }
        #expect(some.diagnostics == [])
        #expect(some.problems.map(\.id) == ["3"])
    }

    private static let good = #"{"q": "x", "a": 1}"#

    /// Documents, by what is wrong with them.
    private static let bad: KeyValuePairs = [
        "no document": "",
        "no object": "[]",
        "a number": "42",
        "an object without a list": "{}",
        "an object with two lists": #"{"train": [{}], "test": [{}]}"#,
        "an object on each line": "{\"q\": \"x\", \"a\": 1}\n{\"q\": \"y\", \"a\": 2}\n",
        "elements that are no good": "[\n {\"q\": \"x\", \"a\": 1},\n 7,\n {\"q\": \"\", \"a\": 1}\n]",
        "no closing bracket": "[\(good)\n",
        "no comma": "[\(good) \(good)]",
        "a comma too many": "[\(good),]",
        "more after the end": "[\(good)] x",
        "a duplicate field": "[\n  \(good),\n  {\"q\": \"é\", \"a\": 1, \"q\": 2}]",
        "a comma after the list": "{\"data\": [\(good)], }",
        "deep nesting": String(repeating: "[", count: 100_000),
        "deep nesting in an object": #"{"data": "# + String(repeating: "[", count: 100_000),
    ]

    @Test("documents that are broken or no data sets are refused with their place")
    func refused() throws {
        let said = Self.bad.map { (title: $0.key, text: faults($0.value).joined(separator: "\n")) }
        try GoldenTexts(beside: #filePath, "json-documents.txt").expect(said)
    }

    @Test("a long line is not shown")
    func longLines() {
        let text = "[" + String(repeating: #"{"q": "x", "a": 1},"#, count: 50_000) + "oops]"
        let reader = read(text)
        #expect(reader.diagnostics.count == 1)
        #expect(reader.diagnostics.first?.column == 50_000 * 19 + 2)
        #expect(reader.diagnostics.first?.sourceLine == nil)
    }

    @Test("a file that breaks in the middle is broken, whichever records of it are wanted")
    func brokenBehindTheShuffle() {
        let text = "[" + String(repeating: #"{"q": "x", "a": 1},"#, count: 20) + "oops]"
        let reader = read(text) { ($0.shuffle, $0.limit) = (1, 2) }
        #expect(reader.problems == [])
        #expect(reader.diagnostics.map(\.line) == [1] && reader.diagnostics.map(\.column) == [382])
    }
}
