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

    @Test("documents that are no data sets are refused")
    func noDataSet() {
        #expect(faults("") == ["d.json: error: the data set is empty"])
        #expect(faults("[]") == ["d.json: error: the data set is empty"])
        #expect(faults("42") == ["d.json:1:1: error: expected a list of objects, found the number 42"])
        #expect(faults("{}") == ["d.json:1:1: error: expected one list of objects, found an object without one"])
        #expect(
            faults(#"{"train": [{}], "test": [{}]}"#) == [
                "d.json:1:1: error: expected one list of objects, found an object with several: 'train', 'test'; keep one of them"
            ])
        #expect(
            faults("{\"q\": \"x\", \"a\": 1}\n{\"q\": \"y\", \"a\": 2}\n")
                == ["d.json:2:1: error: a second object; for one object per line, set 'format: jsonl'"])
        #expect(
            faults("[\n {\"q\": \"x\", \"a\": 1},\n 7,\n {\"q\": \"\", \"a\": 1}\n]") == [
                "d.json:3:2: error: expected a JSON object, found the number 7",
                "d.json:4: error: the question is empty",
            ])
    }

    @Test("broken documents are refused with their place")
    func broken() {
        let good = #"{"q": "x", "a": 1}"#
        #expect(
            faults("[\(good)\n") == ["d.json:2:1: error: not JSON: expected ',' or ']', found the end of the file"])
        #expect(faults("[\(good) \(good)]") == ["d.json:1:21: error: not JSON: expected ',' or ']', found '{'"])
        #expect(faults("[\(good),]") == ["d.json:1:21: error: not JSON: expected a value, found ']'"])
        #expect(faults("[\(good)] x") == ["d.json:1:22: error: not JSON: expected the end of the file, found 'x'"])
        #expect(
            faults("[\n  \(good),\n  {\"q\": \"é\", \"a\": 1, \"q\": 2}]")
                == ["d.json:3:22: error: duplicate field 'q'"])
        #expect(faults("{\"data\": [\(good)], }").count == 1)
        let deep = String(repeating: "[", count: 100_000)
        #expect(faults(deep) == ["d.json:1:130: error: not JSON: nested too deeply"])
        #expect(faults(#"{"data": "# + deep) == ["d.json:1:138: error: not JSON: nested too deeply"])
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
        #expect(reader.diagnostics.map(\.message) == ["not JSON: expected a value, found 'o'"])
    }
}
