@testable import Datasets
import Foundation
@testable import Runner
import Testing

@Suite("Named readers")
struct RecordReaderTests {
    private func read(_ record: String, _ spec: DatasetSpec) -> DatasetReader {
        var reader = DatasetReader(spec, showing: "d.jsonl")
        reader.read(Data(record.utf8))
        return reader
    }

    private func spec(_ reader: String, question: String? = nil, answer: String? = nil, choices: ChoiceFields? = nil)
        -> DatasetSpec
    {
        DatasetSpec(
            name: "d", path: "/d.jsonl", reader: reader, question: question, answer: answer, choices: choices)
    }

    private func messages(_ record: String, _ spec: DatasetSpec) -> [String] {
        let reader = read(record, spec)
        #expect(reader.problems == [])
        return reader.diagnostics.map(\.message)
    }

    @Test("each reader reads records as the evaluation code does", arguments: Golden.all)
    func golden(_ golden: Golden) {
        let reader = read(golden.record, spec(golden.reader))
        #expect(reader.diagnostics == [])
        #expect(reader.problems.map(\.question) == [golden.question])
        #expect(reader.problems.map(\.answer) == [golden.answer])
    }

    @Test("every reader has a golden record")
    func complete() {
        #expect(Set(Golden.all.map(\.reader)) == Set(RecordReader.named.map(\.name)))
        #expect(Set(RecordReader.named.map(\.name)).count == RecordReader.named.count)
    }

    @Test(
        "choices are kept",
        arguments: [
            ("mmlu_stem", ["1", "i", "32", "32i"]), ("gpqa", ["iron", "mercury", "zinc", "gold"]),
            ("sat_math", ["-10", "0", "10", "-10 and 10"]),
            ("aqua", ["(a + b)(a - b)", "(a - b)2", "(a + b)2", "a3 + b3", "None of these"]),
            ("gaokao_math_qa", ["4", "5", "6", "7"]), ("gsm8k", []), ("cn_middle_school", []),
        ])
    func choices(name: String, choices: [String]) throws {
        let golden = try #require(Golden.all.first { $0.reader == name })
        #expect(read(golden.record, spec(name)).problems.first?.choices == choices)
    }

    @Test("both forms of SAT choices are read")
    func satChoices() throws {
        let golden = try #require(Golden.all.last { $0.reader == "sat_math" })
        #expect(read(golden.record, spec("sat_math")).problems.first?.choices == ["1,190", "1,900", "2,900", "19,000"])
    }

    @Test("other spellings of a field are read")
    func spellings() {
        let upper = read(#"{"Body": "A.", "Question": "B?", "Answer": 2.0}"#, spec("svamp"))
        let lower = read(#"{"body": "A.", "question": "B?", "answer": 2.0}"#, spec("svamp"))
        #expect(upper.problems.map(\.question) == ["A. B?"])
        #expect(upper.problems == lower.problems)
        let solved = #"{"problem": "p", "solution": "\\boxed{1}", "answer": "one"}"#
        #expect(read(solved, spec("math")).problems.map(\.answer) == ["one"])
        let unsolved = #"{"problem": "p", "solution": "\\boxed{1}", "answer": null}"#
        #expect(read(unsolved, spec("math")).problems.map(\.answer) == ["1"])
    }

    @Test(
        "the evaluation says which two answers there are",
        arguments: [
            (#"yes"#, " (Yes or No)"), (#"$\\text{No}$"#, " (Yes or No)"), ("True.", " (True or False)"), ("north", ""),
        ])
    func pairs(answer: String, suffix: String) {
        let reader = read(#"{"question": "Is it? ", "answer": "\#(answer)"}"#, spec("gaokao2023en"))
        #expect(reader.problems.map(\.question) == [suffix.isEmpty ? "Is it?" : "Is it? \(suffix)"])
    }

    @Test("fields of the spec come before those of the reader")
    func fields() {
        let record = #"{"question": "a", "answer": "no mark", "q": " b ", "gold": "1,000", "final": {"value": 7}}"#
        #expect(
            read(record, spec("gsm8k", question: "q", answer: "gold")).problems
                == [
                    Problem(
                        dataset: "d", id: "0", question: "b", answer: "1,000",
                        meta: ["question": .string("a"), "answer": .string("no mark")])
                ])
        #expect(read(record, spec("gsm8k", answer: "final.value")).problems.map(\.answer) == ["7"])
        let choices = #"{"question": "a", "choices": [], "options": ["x", "y"], "answer": "1", "letter": "A"}"#
        #expect(
            read(choices, spec("mmlu_stem", answer: "letter", choices: .field("options"))).problems == [
                Problem(
                    dataset: "d", id: "0", question: "a\nAnswer Choices: (A) x (B) y", choices: ["x", "y"], answer: "A",
                    meta: ["answer": .string("1")])
            ])
    }

    /// Records of another shape than their reader's.
    private static let bad: [(record: String, reader: String)] = [
        (#"{"question": "q", "answer": "18"}"#, "gsm8k"),
        (#"{"question": "q", "solution": "I don't know"}"#, "minerva_math"),
        (#"{"question": "q", "solution": "\\boxed{1} \\boxed{2"}"#, "math"),
        (#"{"problem": "q", "final_answer": []}"#, "olympiadbench"),
        (#"{"question": "q", "choices": ["a", "b"], "answer": 2}"#, "mmlu_stem"),
        (#"{"question": "q", "choices": ["a", {}], "answer": 1}"#, "gpqa"),
        (#"{"question": "q", "choices": ["a"], "answer": 0}"#, "gpqa"),
        (#"{"question": "q", "options": "1) x 2) y", "Answer": "A"}"#, "sat_math"),
        (#"{"text": "q"}"#, "mawps"),
    ]

    @Test("records of another shape are refused")
    func otherShape() throws {
        let said = Self.bad.map { record, reader in
            (title: "\(reader) \(record)", text: messages(record, spec(reader)).joined(separator: "\n"))
        }
        try GoldenTexts(beside: #filePath, "records.txt").expect(said)
    }
}

@Suite("Choices of plain records")
struct ChoicesTests {
    private func letter(_ answer: String, of choices: String = #"["one", "two", "3"]"#) -> [String] {
        let spec = DatasetSpec(
            name: "d", path: "/d.jsonl", question: "question", answer: "answer", choices: .field("choices"))
        var reader = DatasetReader(spec, showing: "d.jsonl")
        reader.read(Data(#"{"question": "q\n", "choices": \#(choices), "answer": \#(answer)}"#.utf8))
        return reader.problems.map(\.answer) + reader.diagnostics.map(\.message)
    }

    @Test("an answer is a letter, a text or a place")
    func answer() {
        #expect(letter(#""B""#) == ["B"])
        #expect(letter(#"" two ""#) == ["B"])
        #expect(letter("0") == ["A"])
        #expect(letter("2") == ["C"])
        #expect(letter(#""3""#) == ["C"])
    }

    @Test("an answer that is none or several of the choices is refused")
    func noneOrSeveral() throws {
        let bad: [(answer: String, choices: String)] = [
            (#""D""#, #"["one", "two", "3"]"#), ("3", #"["one", "two", "3"]"#), ("1.0", #"["one", "two", "3"]"#),
            ("[0]", #"["one", "two", "3"]"#), (#""x""#, #"["x", "y", "x"]"#), (#""A""#, #"["B", "A"]"#),
            ("0", #"["x", " "]"#), ("0", #""x""#),
        ]
        let said = bad.map { answer, choices in
            (title: "\(answer) of \(choices)", text: letter(answer, of: choices).joined(separator: "\n"))
        }
        try GoldenTexts(beside: #filePath, "choices.txt").expect(said)
    }

    @Test("each choice may have a field of its own")
    func fieldEach() {
        let spec = DatasetSpec(
            name: "d", path: "/d.csv", question: "q", answer: "a", choices: .fields(["x", "y.z"]), id: nil)
        var reader = DatasetReader(spec, showing: "d.csv")
        reader.read(
            Data("q,a,x,y.z\nWhich?,B,left,\"right, down\"\nWhich?,left,left,right\nWhich?,up,left,right\n".utf8))
        #expect(reader.problems.map(\.question).first == "Which?\nAnswer Choices: (A) left (B) right, down")
        #expect(reader.problems.map(\.answer) == ["B", "A"])
        #expect(
            reader.diagnostics.map(\.rendered) == [
                #"d.csv:4: error: "up" in 'a' is neither a choice nor the letter of one, A to B"#
            ])
    }

    /// What becomes of an answer of a table, beside the choices of its row.
    private func letter(inTable answer: String, of choices: String, _ format: DatasetFormat = .csv) -> [String] {
        let spec = DatasetSpec(
            name: "d", path: "/d.\(format)", question: "q", answer: "a", choices: .fields(["w", "x", "y", "z"]), id: nil
        )
        var reader = DatasetReader(spec, showing: "d")
        let table = "q,a,w,x,y,z\nWhich?,\(answer),\(choices)\n"
        reader.read(Data((format == .csv ? table : table.replacing(",", with: "\t")).utf8))
        return reader.problems.map(\.answer) + reader.diagnostics.map(\.message)
    }

    /// A table cannot tell a number from text.
    @Test("digits in a table are a place")
    func digitsInATable() {
        for format in [DatasetFormat.csv, .tsv] {
            #expect(letter(inTable: "2", of: "red,green,blue,pink", format) == ["C"])
            #expect(letter(inTable: " 0 ", of: "red,green,blue,pink", format) == ["A"])
            #expect(letter(inTable: "C", of: "red,green,blue,pink", format) == ["C"])
            #expect(letter(inTable: "B", of: "1,2,3,4", format) == ["B"])
        }
        #expect(
            letter(inTable: "4", of: "red,green,blue,pink")
                == [#""4" in 'a' is neither a choice nor the letter of one, A to D, nor an index from 0 to 3"#])
        #expect(
            letter(inTable: "1.0", of: "red,green,blue,pink")
                == [#""1.0" in 'a' is neither a choice nor the letter of one, A to D"#])
    }

    @Test("digits that may be a text or a place are refused")
    func ambiguousDigits() {
        #expect(
            letter(inTable: "2", of: "1,2,3,4") == [
                #""2" in 'a' may be the text of B or, as an index from 0, C; write the letter"#
            ])
        // Both say the same, or there is no such place.
        #expect(letter(inTable: "2", of: "0,1,2,3") == ["C"])
        #expect(letter(inTable: "20", of: "10,20,30,40") == ["B"])
        #expect(letter(inTable: "4", of: "1,2,3,4") == ["D"])
        #expect(letter(inTable: "7", of: "7,8,7,9") == [#""7" in 'a' may be A or C"#])
    }
}
