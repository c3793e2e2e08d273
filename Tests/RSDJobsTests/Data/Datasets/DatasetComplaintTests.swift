@testable import Datasets
import Foundation
import TestSupport
import Testing

@Suite("Complaints about a data set")
struct DatasetComplaintTests {
    private func read(_ text: String, _ format: DatasetFormat = .jsonl) -> DatasetReader {
        var reader = DatasetReader(
            DatasetSpec(name: "d", path: "/d", format: format, question: "question", answer: "answer"), showing: "d")
        reader.read(Data(text.utf8))
        return reader
    }

    private func says(_ text: String, _ format: DatasetFormat = .jsonl) -> [String] {
        read(text, format).diagnostics.map { $0.rendered.split(separator: "\n").first.map(String.init) ?? "" }
    }

    @Test("one wrong field is one sentence, however many records there are")
    func oneWrongField() {
        let lines = (0..<1000).map { #"{"question": "q\#($0)", "anwser": \#($0)}"# }.joined(separator: "\n")
        let field = says(lines)
        #expect(field.count == 1 && field[0].names("d:1", "error", "answer", "question", "anwser", "999"), "\(field)")
        let rows = "question,answer\n" + (0..<50).map { "q,\($0),\($0)\n" }.joined()
        let row = says(rows, .csv)
        #expect(row.count == 1 && row[0].names("d:2", "error", "3", "2", "49"), "\(row)")
        let ids = (0..<30).map { _ in #"{"question": "q", "answer": 1, "n": "x"}"# }.joined(separator: "\n")
        var reader = DatasetReader(
            DatasetSpec(name: "d", path: "/d.jsonl", question: "question", answer: "answer", id: "n"), showing: "d")
        reader.read(Data(ids.utf8))
        let id = reader.diagnostics.map(\.rendered)
        #expect(id.count == 1 && id[0].names("d:2", "error", "x", "1", "28"), "\(id)")
    }

    @Test(
        "what Python writes for numbers that are none harms nobody where it is not used",
        arguments: ["NaN", "Infinity", "-Infinity"])
    func notANumber(word: String) {
        let unused = read(#"{"question": "q", "answer": 1, "score": \#(word), "more": {"x": [\#(word), 1]}}"#)
        #expect(unused.diagnostics == [])
        #expect(unused.problems.map(\.answer) == ["1"])
        #expect(says(#"[{"question": "q", "answer": 1, "score": \#(word)}]"#, .json) == [])
        let used = says(#"{"question": "q", "answer": \#(word)}"#)
        #expect(used.count == 1 && used[0].names("d:1", "error", "answer", word), "\(used)")
        #expect(says(#"{"question": "q", "answer": 1, "x": \#(word.dropLast())}"#).count == 1)
    }

    @Test(
        "a backslash that JSON took for an escape is told, and what was probably meant",
        arguments: [
            (#"{"question": "What is $\frac{1}{2}$?", "answer": 1}"#, "question", #"\frac"#),
            (#"{"question": "q", "answer": "\frac12"}"#, "answer", #"\frac"#),
            (#"{"question": "q", "answer": "\boxed{3}"}"#, "answer", #"\boxed"#),
            (#"{"question": "2 \times 3", "answer": 6}"#, "question", #"\times"#),
            (#"{"question": "\text{so}", "answer": 6}"#, "question", #"\text"#),
            (#"{"question": "a \neq b", "answer": 6}"#, "question", #"\neq"#),
            (#"{"question": "\left(x\right)", "answer": 6}"#.replacing(#"\l"#, with: #"\\l"#), "question", #"\right"#),
            (#"{"question": "\theta", "answer": 6}"#, "question", #"\theta"#),
            (#"{"question": "\binom52", "answer": 6}"#, "question", #"\binom"#),
            (#"{"question": "the frequency $2\nu$", "answer": 6}"#, "question", #"\nu"#),
            (#"{"question": "q", "answer": "\nu + 1"}"#, "answer", #"\nu"#),
            (#"{"question": "Is $f: A \to B$ one-to-one?", "answer": 6}"#, "question", #"\to"#),
        ])
    func slips(line: String, part: String, meant: String) {
        let found = says(#"{"question": "fine", "answer": 1}"# + "\n" + line + "\n" + line)
        #expect(found.count == 1)
        #expect(
            found.first?.hasPrefix("d:2: warning: the \(part) contains ") == true
                && found.first?.contains("'\(meant)' was probably meant") == true
                && found.first?.hasSuffix("(and 1 more record like this one)") == true, "\(found)")
    }

    @Test(
        "readers that leave off white space at the ends of a text keep such a backslash's remains",
        arguments: [
            (#"{"question": "q", "options": ["A)\frac12", "B)2"], "correct": "A"}"#, "aqua", "choice"),
            (#"{"question": "q", "choices": [" \times 2", "2"], "answer": 1}"#, "mmlu_stem", "choice"),
            (#"{"question": "q", "answer": "$\frac12$"}"#, "college_math", "answer"),
        ])
    func slipsAtTheEdge(line: String, reader: String, part: String) {
        var dataset = DatasetReader(DatasetSpec(name: "d", path: "/d.jsonl", reader: reader), showing: "d")
        dataset.read(Data(line.utf8))
        #expect(dataset.problems.count == 1)
        let said = dataset.diagnostics.map(\.rendered)
        #expect(said.first?.hasPrefix("d:1: warning: the \(part) contains ") == true, "\(said)")
    }

    @Test("other control characters are told too, and what belongs into text is not")
    func controls() {
        #expect(
            says(#"{"question": "a\u0008 b", "answer": 1}"#).first?.contains("the control character U+0008") == true)
        #expect(
            says("question,answer\r\n\"one\r\ntwo\",1\r\n", .csv).first?.contains("a carriage return") == true)
        let fine = #"{"question": "so:\n\neq is 3\tand\ttan x, \ttimes\nu = $v$\nnot \\frac\\neq", "answer": "a\tb"}"#
        #expect(says(fine.replacing(#"\ttimes"#, with: "times")) == [])
    }

    @Test("in TSV a quote is data unless it goes round the whole field, and none swallows a row")
    func quotes() {
        let plain = read("question\tanswer\n\"Hi\" he said\t1\n5\" nail\t2\n\"a\tb\"\t3\n\"x \"\"y\"\"\"\t4\n", .tsv)
        #expect(plain.problems.map(\.question) == [#""Hi" he said"#, #"5" nail"#, "a\tb", #"x "y""#])
        #expect(plain.problems.map(\.answer) == ["1", "2", "3", "4"])
        let swallowed = says("question\tanswer\n\"5 inches\t1\nhow long?\"\t2\n", .tsv)
        #expect(swallowed.count == 1)
        #expect(swallowed.first?.names("d:2:1", "error", "quote", "3") == true, "\(swallowed)")
        #expect(
            says("question\tanswer\na\t1\n\"5 inches\t2\nb\t3\n", .tsv)
                == ["d:3:1: error: the quote that opens here is never closed"])
        let lines = read("question\tanswer\n\"one\ntwo\"\t1\nx\t\"three\nfour\"\n", .tsv)
        #expect(lines.problems.map { "\($0.question) \($0.answer)" } == ["one\ntwo 1", "x three\nfour"])
        #expect(
            says("question,answer\n\"5 inches,1\n\"how\" long?,2\n", .csv) == [
                "d:3:2: error: text after the quote that closes the one on line 2; double a quote within a quoted field"
            ])
    }

    @Test("a limit that the data set does not reach is told beside other warnings")
    func limits() throws {
        let fixture = try SpecFixture()
        try fixture.writeJob(("path: problems.jsonl", "path: problems.jsonl, limit: 500"))
        try fixture.write(
            "{\"question\": \"q\", \"answer\": \"\"}\n{\"question\": \"r\", \"answer\": 1}\n", to: "problems.jsonl")
        let says = fixture.fault()
        let warnings = says.split(separator: "\n").filter { $0.contains("warning: ") }.map(String.init)
        #expect(warnings.contains { $0.names("limit", "500", "2") }, "\(says)")
        #expect(warnings.contains { $0.names("1", "problem", "answer") }, "\(says)")
        try fixture.writeJob(("path: problems.jsonl", "path: problems.jsonl, start: 2"))
        #expect(fixture.fault().contains("error: no problem remains after the first 2"))
    }

    @Test("a prompt in which an escape has eaten a command's first letter is warned of")
    func prompts() throws {
        let fixture = try SpecFixture()
        try fixture.writeJob((#""{question}\n\n""#, #""{question}\nAnswer in \boxed{}.\n""#))
        #expect(
            fixture.fault().hasPrefix(
                #"job.yaml:12:9: warning: the prompt contains a backspace and "oxed": '\boxed' was probably meant; in double quotes, double every backslash"#
            ), "\(fixture.fault())")
        try fixture.writeJob((#""{question}\n\n""#, "{ file: cot.txt }"))
        try fixture.write("Solve.\n{question} \u{8}oxed{}\n", to: "cot.txt")
        #expect(fixture.fault().hasPrefix(#"cot.txt:2: warning: the prompt contains a backspace and "oxed""#))
    }
}
