import Foundation
import RunnerSupport
import Testing

/// Answers of a file, and no run's.
@Suite("Grading of answers from a file", .inSlots) struct AnswerGradingTests {
    @Test("answers are graded line by line, from a file or standard input's place, to standard output or a file")
    func answers() async throws {
        let job = try TestJob()
        let file = job.scratch.appending(path: "answers.jsonl")
        let out = job.scratch.appending(path: "verdicts.jsonl")
        try Data(
            """
            {"text": "<think>maybe \\\\boxed{12}</think> The answer is 15.", "gold": "15", "id": "a"}
            {"text": "<think>maybe \\\\boxed{12}", "gold": "12"}
            {"answer": "1/2", "gold": 0.25}

            """.utf8
        ).write(to: file)
        let graded = try await job.command(["grade", "--answers", file.path, "--with", "exact"])
        #expect(graded.code == 0, "\(graded.messages)")
        #expect(
            graded.output == """
                {"answer":"15","gold":"15","id":"a","line":1,"verdict":"right"}
                {"answer":null,"gold":"12","line":2,"verdict":"empty"}
                {"answer":"1/2","gold":"0.25","line":3,"verdict":"wrong"}

                """)
        #expect(graded.messages.contains("3 answers: 1 right, 1 wrong, 1 empty"), "\(graded.messages)")
        let written = try await job.command(["grade", "--answers", file.path, "--output", out.path])
        #expect(written.code == 0 && written.output.isEmpty, "\(written.messages)")
        #expect(try String(contentsOf: out, encoding: .utf8) == graded.output)

        // A grader that cannot say is an error, and its words are kept.
        let broken = try await job.command([
            "grade", "--answers", file.path, "--with", "command", "--", "sh", "-c", "echo no luck >&2; exit 1",
        ])
        #expect(broken.code == 3, "\(broken.messages)")
        #expect(broken.messages.contains("3 answers: 0 right, 3 error"), "\(broken.messages)")
        let logs = try #require(broken.messages.firstMatch(of: /grader's output is in (\S+)/)?.1)
        let log = try #require(try FileManager.default.contentsOfDirectory(atPath: String(logs)).first)
        #expect(try String(contentsOfFile: "\(logs)/\(log)", encoding: .utf8).contains("no luck"))
        try FileManager.default.removeItem(at: URL(filePath: String(logs)).deletingLastPathComponent())

        try Data("{\"text\": \"15\"}\n{\"text\": 15, \"gold\": \"15\"}\n{]".utf8).write(to: file)
        let bad = try await job.command(["grade", "--answers", file.path, "--output", out.path])
        #expect(bad.code == 2 && bad.output.isEmpty, "\(bad.messages)")
        for place in ["answers.jsonl:1: error: ", "answers.jsonl:2: error: ", "answers.jsonl:3:2: error: "] {
            #expect(bad.messages.contains(place), "\(bad.messages)")
        }
        #expect(try String(contentsOf: out, encoding: .utf8) == graded.output)
        let missing = try await job.command(["grade", "--answers", file.path + ".gone"])
        #expect(missing.code == 2 && missing.messages.contains("there is no file"), "\(missing.messages)")
    }

    @Test(
        "a run and answers exclude each other, and options go with what they are for",
        arguments: [
            ["runs/x", "--answers", "a.jsonl"], [], ["runs/x", "--output", "b.jsonl"],
            ["--answers", "a.jsonl", "--json"],
            ["--answers", "a.jsonl", "--output", "a.jsonl"], ["--answers", "a.jsonl", "--with", "command"],
        ])
    func usage(options: [String]) async throws {
        let job = try TestJob()
        let graded = try await job.command(["grade"] + options)
        #expect(graded.code == 64, "\(graded.messages)")
    }
}
