@testable import Datasets
import Foundation
@testable import JobSpecs
import Testing

/// Files as editors and systems leave them.
private enum Editor: String, CaseIterable, Sendable {
    case windows, notepad, oldMac, mixed, byteOrderMark, twoMarks

    func save(_ text: String) -> Data {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        return switch self {
        case .windows: Data(text.replacing("\n", with: "\r\n").utf8)
        case .notepad: Data(mark + text.replacing("\n", with: "\r\n").utf8)
        case .oldMac: Data(text.replacing("\n", with: "\r").utf8)
        case .mixed: Data(text.replacing("question}\n", with: "question}\r\n").replacing(" #\n", with: " #\r").utf8)
        case .byteOrderMark: Data(mark + text.utf8)
        case .twoMarks: Data(mark + mark + text.utf8)
        }
    }
}

@Suite("Text that people edit")
struct TextDoorTests {
    private static let prompt = "Solve it. #\nBriefly.\n\n{question}\nThink. \u{2028}é\n"

    @Test(
        "whatever an editor does to the spec, the prompt and the data, the job is the same", arguments: Editor.allCases)
    private func sameJob(editor: Editor) throws {
        let clean = try SpecFixture()
        let edited = try SpecFixture()
        let job = SpecFixture.job.replacing(#""{question}\n\n""#, with: "{ file: cot.txt } #")
        let data = SpecFixture.problems + "{\"question\": \"a\\r\\nb\u{2028}c\", \"answer\": 1, \"uid\": \"d\"} \n"
        for (name, text) in [("job.yaml", job), ("cot.txt", Self.prompt), ("problems.jsonl", data)] {
            try clean.write(text, to: name)
            try edited.write(editor.save(text), to: name)
        }
        let (before, after) = (try clean.load(), try edited.load())
        #expect(after.spec.prompt == .template(PromptTemplate(name: "cot.txt", text: Self.prompt)))
        #expect(after.problems == before.problems)
        #expect(after.problems["heldout"]?.last?.question == "a\r\nb\u{2028}c")
        #expect(SpecIdentity(after) == SpecIdentity(before))
    }

    @Test("a prompt in the spec, of several lines, whatever ends them", arguments: Editor.allCases)
    private func blockText(editor: Editor) throws {
        let fixture = try SpecFixture()
        let job = SpecFixture.job.replacing(#""{question}\n\n""#, with: "|\n  Q: {question}\n  A:\n")
        try fixture.write(editor.save(job), to: "job.yaml")
        #expect(
            try fixture.load().spec.prompt == .template(PromptTemplate(name: "inline", text: "Q: {question}\nA:\n")))
    }

    @Test("data in each format, and an empty line ended by a carriage return", arguments: Editor.allCases)
    private func formats(editor: Editor) {
        let files: [DatasetFormat: String] = [
            .jsonl: "{\"q\": \"x\", \"a\": 1}\n\n{\"q\": \"y\", \"a\": 2}\n",
            .json: "[\n{\"q\": \"x\", \"a\": 1},\n{\"q\": \"y\", \"a\": 2}\n]\n", .csv: "q,a\nx,1\n\ny,2\n",
            .tsv: "q\ta\nx\t1\n\ny\t2\n",
        ]
        for (format, text) in files {
            var reader = DatasetReader(
                DatasetSpec(name: "d", path: "/d", format: format, question: "q", answer: "a"), showing: "d")
            reader.read(editor.save(text))
            #expect(reader.diagnostics == [], "\(format)")
            #expect(reader.problems.map { $0.question + $0.answer } == ["x1", "y2"], "\(format)")
        }
    }

    @Test(
        "what is no UTF-8 text is refused, and where it shows is told",
        arguments: [
            (Data([0xFF, 0xFE, 0x61, 0]), "cot.txt: error: the file is UTF-16; save it as UTF-8"),
            (Data([0xFE, 0xFF, 0, 0x61]), "cot.txt: error: the file is UTF-16; save it as UTF-8"),
            (Data([0x61, 0, 0x62, 0, 0x63, 0]), "cot.txt: error: the file is UTF-16; save it as UTF-8"),
            (Data([0, 0x61, 0, 0x62]), "cot.txt: error: the file is UTF-16; save it as UTF-8"),
            (Data([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0]), "cot.txt: error: the file is UTF-32; save it as UTF-8"),
            (Data("{question}\r\né".utf8) + [0xE9], "cot.txt:2:2: error: the file is not UTF-8; save it as UTF-8"),
            (Data([0xEF, 0xBB, 0xBF, 0xC0, 0x80]), "cot.txt:1:1: error: the file is not UTF-8; save it as UTF-8"),
            (
                Data("{question}\ra\0".utf8),
                "cot.txt:2:2: error: a NUL character, which text cannot contain; save the file as UTF-8"
            ),
        ])
    func refused(data: Data, says: String) throws {
        let fixture = try SpecFixture()
        try fixture.writeJob((#""{question}\n\n""#, "{ file: cot.txt }"))
        try fixture.write(data, to: "cot.txt")
        #expect(fixture.fault() == says + "\n1 error in job.yaml")
        // The same words for the spec and for data; of data, bytes are looked at where they are used.
        try fixture.write(data, to: "job.yaml")
        #expect(fixture.fault().hasPrefix(says.replacing("cot.txt", with: "job.yaml")))
        guard says.contains("UTF-16") || says.contains("UTF-32") else { return }
        try fixture.writeJob()
        try fixture.write(data, to: "problems.jsonl")
        #expect(fixture.fault() == says.replacing("cot.txt", with: "problems.jsonl") + "\n1 error in job.yaml")
    }

    @Test("a NUL character in a field of a table is refused")
    func zeroInTable() {
        var reader = DatasetReader(
            DatasetSpec(name: "d", path: "/d", format: .csv, question: "q", answer: "a"), showing: "d")
        reader.read(Data("q,a\nwhat,1\nwh\0at,2\n".utf8))
        #expect(reader.diagnostics.map(\.rendered).first?.hasPrefix("d:3:3: error: a NUL character") == true)
    }

    @Test("a file that never ends, or is far too large, is no spec and no data set")
    func endless() throws {
        let fixture = try SpecFixture()
        try fixture.writeJob((#""{question}\n\n""#, "{ file: /dev/zero }"))
        #expect(fixture.fault().contains("/dev/zero is larger than 4 MiB"))
        try fixture.writeJob(("path: problems.jsonl", "path: /dev/zero, format: jsonl"))
        #expect(fixture.fault().contains("/dev/zero cannot be read"))
    }

    @Test("a chat template that vLLM would read with its byte order mark is refused")
    func chatTemplates() throws {
        let fixture = try SpecFixture()
        let template = fixture.path("t.jinja")
        try fixture.writeJob(
            ("kind: pocket", "kind: vllm\n  args: { chat-template: \(template) }"), (#""{question}\n\n""#, "chat"))
        try fixture.write("{{ messages }}\r\n", to: "t.jinja")
        #expect(fixture.fault() == "loaded")
        try fixture.write("\u{FEFF}{{ messages }}\n", to: "t.jinja")
        #expect(
            fixture.fault()
                == "t.jinja: error: the chat template begins with a byte order mark, which would be in every prompt; save it as UTF-8 without one\n1 error in job.yaml"
        )
        try fixture.write(Data([0xFF, 0xFE, 0x7B, 0]), to: "t.jinja")
        #expect(fixture.fault() == "t.jinja: error: the file is UTF-16; save it as UTF-8\n1 error in job.yaml")
        try fixture.writeJob(("kind: pocket", "kind: vllm"), (#""{question}\n\n""#, "chat"))
        for role in ["draft", "target"] {
            try fixture.write("\u{FEFF}{{ messages }}", to: "models/\(role)/chat_template.jinja")
        }
        #expect(
            fixture.fault().contains("the chat template in models/target begins with a byte order mark"))
    }
}
