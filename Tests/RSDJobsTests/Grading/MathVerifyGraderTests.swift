import Foundation
@testable import Graders
@testable import RunStore
import RunnerSupport
import TestSupport
import Testing

/// The way to and from the workers of math-verify, on workers that are shell scripts.
@Suite("The math-verify grader") struct MathVerifyGraderTests {
    private let scratch: Scratch
    private let directory: RunDirectory

    init() throws {
        scratch = try Scratch()
        directory = RunDirectory(scratch.url)
    }

    private func grader(
        _ worker: MathVerifyGrader.Worker, limit: Duration = .seconds(60), workers: Int = 2
    ) -> MathVerifyGrader {
        MathVerifyGrader(worker: worker, limit: limit, mostWorkers: workers) { [directory] in
            try GraderProcesses(directory)
        }
    }

    private func verdicts(_ grades: [Grade]) -> [String] { grades.map(\.verdict.rawValue) }

    @Test("verdicts come back in order")
    func order() async throws {
        let pairs = (0..<40).map { WorkerScript.pair("\($0)", $0 % 3 == 0 ? "RIGHT" : "no") }
        let grades = try await grader(WorkerScript.start(answers: ""), workers: 3).grade(pairs)
        #expect(verdicts(grades) == (0..<40).map { $0 % 3 == 0 ? "right" : "wrong" })
        #expect(try directory.openStarts() == 0)
    }

    @Test("a worker that dies costs one answer")
    func workerDies() async throws {
        let script = WorkerScript.start(answers: "*DIE*) exit 7 ;;")
        let pairs = ["RIGHT", "DIE", "RIGHT", "DIE", "no"].enumerated().map { WorkerScript.pair("\($0)", $1) }
        let grades = try await grader(script, workers: 1).grade(pairs)
        #expect(verdicts(grades) == ["right", "error", "right", "error", "wrong"])
        #expect(grades[1].reason?.names("7") == true)
        #expect(try directory.openStarts() == 0)
    }

    @Test("a malformed verdict is an error")
    func nonsense() async throws {
        let script = WorkerScript.start(answers: #"*NONSENSE*) echo hello ;; *ODD*) echo '{"verdict": "fine"}' ;;"#)
        let pairs = ["NONSENSE", "ODD", "RIGHT"].enumerated().map { WorkerScript.pair("\($0)", $1) }
        let grades = try await grader(script, workers: 1).grade(pairs)
        #expect(verdicts(grades) == ["error", "error", "right"])
        #expect(grades[0].reason?.names("hello") == true)
    }

    /// The worker waits for a child that ignores SIGTERM, and reads no signal itself.
    @Test("a worker that hangs is killed, and the rest goes on")
    func workerHangs() async throws {
        let hang = "trap '' TERM; sh -c 'trap \"\" TERM; while :; do sleep 600; done'"
        let script = WorkerScript.start("echo $$ >> pids", answers: "*HANG*) \(hang) ;;")
        var started = script
        started.arguments[1] = "cd \(scratch.url.path)\n" + script.arguments[1]
        let pairs = ["RIGHT", "HANG", "RIGHT"].enumerated().map { WorkerScript.pair("\($0)", $1) }
        let grades = try await grader(started, limit: .seconds(3), workers: 1).grade(pairs)
        #expect(verdicts(grades) == ["right", "timeout", "right"])
        #expect(grades[1].reason?.names("math-verify", "3.0") == true)
        let pids = try String(contentsOf: scratch.file("pids"), encoding: .utf8).split(separator: "\n").compactMap {
            pid_t($0)
        }
        #expect(pids.count == 2)
        // Dead, if perhaps not yet reaped.
        #expect(pids.allSatisfy(ProcessFacts.isDead))
        #expect(try directory.openStarts() == 0)
    }

    /// A question that is larger than what a socket holds, to a worker that reads nothing.
    @Test("a worker that does not read is given up")
    func workerDoesNotRead() async throws {
        let worker = MathVerifyGrader.Worker(executable: "/bin/sh", arguments: ["-c", "echo '{}'; exec sleep 600"])
        let pair = GradingPair(
            id: "a", dataset: "d", question: "?", text: String(repeating: "x", count: 4_000_000), answer: "x",
            gold: "57")
        let grades = try await grader(worker, limit: .milliseconds(500)).grade([pair])
        #expect(verdicts(grades) == ["timeout"])
        #expect(try directory.openStarts() == 0)
    }

    @Test("a worker that does not start is reported with its last words")
    func workerDoesNotStart() async throws {
        let worker = MathVerifyGrader.Worker(executable: "/bin/sh", arguments: ["-c", "echo no module >&2; exit 1"])
        await #expect(throws: GraderUnavailable("the grader exited while starting: no module")) {
            _ = try await grader(worker).grade([WorkerScript.pair("a", "RIGHT")])
        }
        #expect(try directory.openStarts() == 0)
    }

    @Test("a cancellation leaves no process")
    func cancelled() async throws {
        let script = WorkerScript.start(answers: "*HANG*) touch \(scratch.file("hangs").path); sleep 600 ;;")
        let grader = grader(script)
        let work = Task { try await grader.grade([WorkerScript.pair("a", "HANG"), WorkerScript.pair("b", "HANG")]) }
        try await until { FileManager.default.fileExists(atPath: scratch.path("hangs")) }
        work.cancel()
        await #expect(throws: CancellationError.self) { _ = try await work.value }
        #expect(try directory.openStarts() == 0)
    }

    /// Letters need no calculation, and no worker.
    @Test("letters are judged without a worker")
    func letters() async throws {
        let nowhere = MathVerifyGrader.Worker(executable: "/nowhere", arguments: [])
        var pair = WorkerScript.pair("a", #"\text{(B)}"#)
        pair.gold = "B"
        #expect(verdicts(try await grader(nowhere).grade([pair])) == ["right"])
    }

    /// The last number of a response that a limit cut is no answer: there is nothing to start a worker for.
    @Test("a text that was cut and has no answer is not judged")
    func cutText() async throws {
        let nowhere = MathVerifyGrader.Worker(executable: "/nowhere", arguments: [])
        var pair = WorkerScript.pair("a", "RIGHT")
        (pair.text, pair.answer, pair.isCut) = ("RIGHT, and 3 + 4", nil, true)
        #expect(verdicts(try await grader(nowhere).grade([pair])) == ["empty"])
    }

    /// A phrase alone marks no answer, and the worker is to search the text; not that of a response that a limit cut.
    @Test("of a text that was cut, a worker gets the answer alone")
    func cutTextAnswer() async throws {
        let script = WorkerScript.start(answers: #"*'"answer":"7"'*) echo '{"verdict": "right"}' ;;"#)
        var pair = WorkerScript.pair("a", "no")
        (pair.text, pair.answer) = ("the answer is 7. To check, 3 + 4", "7")
        #expect(verdicts(try await grader(script).grade([pair])) == ["wrong"])
        pair.isCut = true
        #expect(verdicts(try await grader(script).grade([pair])) == ["right"])
    }

    @Test("a Python that does not exist is named")
    func noPython() async throws {
        let grader = MathVerifyGrader(python: "/nowhere/python", venv: nil, limit: .seconds(1)) { [directory] in
            try GraderProcesses(directory)
        }
        let missing = GraderUnavailable(
            "there is no Python in /nowhere/python for math-verify",
            remedy: "Correct the path (grading: { with: math-verify, python: PATH }).")
        await #expect(throws: missing) {
            _ = try await grader.prepare()
        }
    }

    @Test("a Python without math-verify is reported with a remedy")
    func noMathVerify() async throws {
        try Script.write(
            "#!/bin/sh\necho \"No module named 'math_verify'\" >&2\nexit 1\n", to: scratch.file("python"))
        let grader = MathVerifyGrader(python: scratch.file("python").path, venv: nil, limit: .seconds(1)) {
            [directory] in
            try GraderProcesses(directory)
        }
        let error = await #expect(throws: GraderUnavailable.self) { _ = try await grader.prepare() }
        let text = error?.description ?? ""
        #expect(text.contains("No module named 'math_verify'") && text.contains("scripts/setup-vllm"), "\(text)")
    }
}
