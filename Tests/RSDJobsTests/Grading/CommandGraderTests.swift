import Foundation
import TestSupport
@testable import Graders
@testable import JobSpecs
@testable import RunStore
import Testing

@Suite("A command as the grader") struct CommandGraderTests {
    private let scratch: Scratch
    private let directory: RunDirectory

    init() throws {
        scratch = try Scratch()
        directory = RunDirectory(scratch.url)
    }

    private func grader(_ script: String, timeout: Double = 60) -> CommandGrader {
        CommandGrader(
            command: GraderCommand(words: ["sh", "-c", script], directory: scratch.url.path, timeout: timeout)
        ) { [directory] in try GraderProcesses(directory) }
    }

    private let pairs = ["a", "b", "c"].map { (name: String) in
        GradingPair(
            id: "m/d/\(name)/0", dataset: "d", question: "q\(name)?", text: "so \(name)", answer: name, gold: "b")
    }

    private func line(_ name: String, _ correct: Bool, _ more: String = "") -> String {
        #"echo '{"id": "m/d/\#(name)/0", "correct": \#(correct)\#(more)}'"#
    }

    @Test("verdicts may come in any order")
    func anyOrder() async throws {
        let script = [
            line("c", false, #", "reason": "too late""#), line("b", true), line("a", false, #", "answer": "A""#),
        ]
        let grades = try await grader(script.joined(separator: "; ")).grade(pairs)
        #expect(grades == [Grade(.wrong, answer: "A"), Grade(.right), Grade(.wrong, reason: "too late")])
        #expect(try directory.openStarts() == 0)
    }

    @Test("the command gets question, answer and response")
    func input() async throws {
        _ = try await grader("cat > questions").grade([pairs[0]])
        let text = try String(contentsOf: scratch.file("questions"), encoding: .utf8)
        #expect(
            text == #"{"answer":"a","dataset":"d","gold":"b","id":"m/d/a/0","question":"qa?","text":"so a"}"# + "\n")
    }

    @Test("a missing verdict is an error")
    func missing() async throws {
        let grades = try await grader("\(line("b", true)); echo; echo nonsense").grade(pairs)
        #expect(grades.map(\.verdict) == [.error, .right, .error])
        #expect(
            grades[0].reason == #"the grader gave no verdict; line 3 of its output is no verdict: "nonsense""#)
    }

    @Test("two verdicts for one answer are none")
    func twoVerdicts() async throws {
        let grades = try await grader("\(line("b", true)); \(line("b", false)); \(line("a", true))").grade(pairs)
        #expect(grades.map(\.verdict) == [.right, .error, .error])
    }

    @Test("any other exit status makes all answers errors")
    func exitStatus() async throws {
        let all = ["a", "b", "c"].map { line($0, true) }.joined(separator: "; ")
        let grades = try await grader("\(all); exit 3").grade(pairs)
        #expect(grades.map(\.verdict) == [.error, .error, .error])
        #expect(grades[0].reason?.names("3", "logs/grader-1.log") == true)
    }

    @Test("verdicts before the time limit count")
    func timeLimit() async throws {
        let grades = try await grader("\(line("b", true)); sleep 600", timeout: 1).grade(pairs)
        #expect(grades.map(\.verdict) == [.timeout, .right, .timeout])
        #expect(try directory.openStarts() == 0)
    }

    @Test("standard error goes to the log")
    func log() async throws {
        _ = try await grader("echo a word >&2").grade(pairs)
        #expect(try String(contentsOf: directory.logs.appending(path: "grader-1.log"), encoding: .utf8) == "a word\n")
    }

    @Test(
        "a command that does not exist is named",
        arguments: [["./grade.py"], ["no-such-grader-at-all"], ["/nowhere/grade"]])
    func notFound(words: [String]) async throws {
        let grader = CommandGrader(command: GraderCommand(words: words, directory: scratch.url.path)) { [directory] in
            try GraderProcesses(directory)
        }
        #expect(throws: GraderUnavailable.self) { try grader.prepare() }
    }
}
