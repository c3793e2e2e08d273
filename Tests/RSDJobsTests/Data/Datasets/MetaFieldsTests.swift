@testable import Datasets
import Foundation
@testable import Support
import Testing

@Suite("Fields kept beside a problem")
struct MetaFieldsTests {
    private func read(
        _ records: String, reader: String? = nil, id: String? = nil, meta: [String]? = nil, path: String = "/d.jsonl"
    ) -> DatasetReader {
        var dataset = DatasetReader(
            DatasetSpec(name: "d", path: path, reader: reader, id: id, meta: meta), showing: "d")
        dataset.read(Data(records.utf8))
        return dataset
    }

    /// The meta of each problem as it is in the results.
    private func metas(_ dataset: DatasetReader) throws -> [String] {
        #expect(dataset.diagnostics == [])
        return try dataset.problems.map { String(decoding: try JSONText.encode($0.meta), as: UTF8.self) }
    }

    @Test("by default, short values that are not used otherwise are kept")
    func defaults() throws {
        let records = """
            {"question": "q", "answer": "1", "uid": "a", "level": 3, "subject": "Algebra", "hard": true, "tags": ["x"], \
            "extra": {"a": 1}, "solution": "one\\ntwo", "note": null}
            {"answer": "1", "question": "r", "level": 4, "uid": "b", "score": 0.50, "lone": "\(String(repeating: "a", count: 200))", \
            "long": "\(String(repeating: "é", count: 201))"}
            """
        let lone = String(repeating: "a", count: 200)
        #expect(
            try metas(read(records, id: "uid")) == [
                #"{"hard":true,"level":3,"subject":"Algebra"}"#, #"{"level":4,"lone":"\#(lone)","score":0.5}"#,
            ])
    }

    @Test("a field with one long value is kept for no problem, whichever record has it", arguments: [false, true])
    func longOnce(isFirst: Bool) throws {
        let records = [
            #"{"question": "q", "answer": "1", "solution": "short", "level": 1}"#,
            #"{"question": "r", "answer": "2", "solution": "two\nlines", "level": 2}"#,
        ]
        let metas = try metas(read((isFirst ? records.reversed() : records).joined(separator: "\n")))
        #expect(metas.sorted() == [#"{"level":1}"#, #"{"level":2}"#])
    }

    @Test("the fields that a named reader uses are not kept, even if it uses them in other records only")
    func reader() throws {
        let records = #"""
            {"problem": "p", "solution": "\\boxed{1}", "answer": "1", "subject": "Algebra", "unique_id": "test/1"}
            {"problem": "p", "solution": "\\boxed{2}", "answer": null, "subject": "Geometry", "unique_id": "test/2"}
            """#
        #expect(
            try metas(read(records, reader: "math500")) == [
                #"{"subject":"Algebra","unique_id":"test/1"}"#, #"{"subject":"Geometry","unique_id":"test/2"}"#,
            ])
        let choices = #"{"question": "q", "choices": ["a", "b"], "answer": 1, "type": "physics"}"#
        #expect(try metas(read(choices, reader: "mmlu_stem")) == [#"{"type":"physics"}"#])
    }

    @Test("named fields are kept as they are, also long, nested and used ones")
    func named() throws {
        let records = """
            {"question": "q", "answer": "1", "extra": {"level": 2, "rest": 0}, "tags": ["x", {"b": 1, "a": null}], "solution": "a\\nb"}
            {"question": "r", "answer": "2", "extra": {}, "tags": null}
            """
        #expect(
            try metas(read(records, meta: ["extra.level", "tags", "solution", "answer"])) == [
                #"{"answer":"1","extra.level":2,"solution":"a\nb","tags":["x",{"a":null,"b":1}]}"#, #"{"answer":"2"}"#,
            ])
        #expect(try metas(read(records, meta: [])) == ["{}", "{}"])
    }

    @Test("a named field that no record has is an error with the nearest name")
    func missing() {
        let records = """
            {"question": "q", "answer": "1", "level": 2}
            {"question": "r", "answer": "2"}
            """
        #expect(
            read(records, meta: ["level", "levle"]).diagnostics.map(\.rendered) == [
                "d:1: error: 'meta': no field 'levle'; the record has 'question', 'answer', 'level'; did you mean 'level'?"
            ])
        #expect(read(records, meta: ["level"]).diagnostics == [])
    }

    @Test("in tables, an empty cell is a missing value")
    func table() throws {
        let table = "question,answer,level,source\nq,1,3,\nr,2,,AIME\n"
        #expect(try metas(read(table, path: "/d.csv")) == [#"{"level":"3"}"#, #"{"source":"AIME"}"#])
        #expect(
            try metas(read(#"{"question": "q", "answer": "1", "source": ""}"#)) == [#"{"source":""}"#])
    }

    @Test("unused records do not matter")
    func selection() throws {
        var dataset = DatasetReader(DatasetSpec(name: "d", path: "/d.jsonl", limit: 1), showing: "d")
        dataset.read(
            Data(
                #"""
                {"question": "q", "answer": "1", "note": "short"}
                {"question": "r", "answer": "2", "note": "long\nlong"}
                """#.utf8))
        #expect(try metas(dataset) == [#"{"note":"short"}"#])
    }

    @Test(
        "numbers keep their value, however large",
        arguments: [
            ("3", "3"), ("-0.50", "-0.5"), ("9007199254740993", "9007199254740993"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            (String(repeating: "9", count: 38), String(repeating: "9", count: 38)),
            (String(repeating: "9", count: 39), "\"\(String(repeating: "9", count: 39))\""),
            ("0.1234567890123456789", "0.1234567890123456789"), ("1e300", "1e+300"), ("2.5E3", "2500"),
            ("1e999", "\"1e999\""), ("Infinity", "\"Infinity\""), ("-Infinity", "\"-Infinity\""),
        ])
    func numbers(written: String, kept: String) throws {
        let metas = try metas(read(#"{"question": "q", "answer": "1", "n": \#(written)}"#))
        #expect(metas == [#"{"n":\#(kept)}"#])
        let again = try JSONDecoder().decode([String: JSONValue].self, from: Data(metas[0].utf8))
        #expect(String(decoding: try JSONText.encode(again), as: UTF8.self) == metas[0])
    }

    @Test("NaN is a missing value")
    func notANumber() throws {
        #expect(try metas(read(#"{"question": "q", "answer": "1", "n": NaN}"#)) == ["{}"])
    }
}
