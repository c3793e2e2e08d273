import Decoding
import Foundation
import Reporting
import RunnerSupport
import Testing

@Suite("A TMPDIR that does not exist", .inSlots) struct TemporaryFolderTests {
    @Test(
        "a TMPDIR that cannot be written to is named, and costs verdicts alone",
        arguments: ["/nonexistent/tmp", "/dev/null"])
    func elsewhere(folder: String) async throws {
        // A grader writes its questions there.
        let grader = "{ with: command, command: [sh, -c, 'cat >/dev/null; echo $TMPDIR >&2'] }"
        let job = try TestJob(JobSetup(problems: 0..<1, grading: grader))
        let run = try await job.run(environment: ["TMPDIR": folder])
        #expect(run.messages.contains("TMPDIR is \(folder), which is not a writable directory here"))
        #expect(run.code == 3, "no verdicts, and nothing else: \(run.messages)")
        #expect(try job.summary().rows.allSatisfy { $0.failed == 0 })
    }
}

extension Summary.Row {
    fileprivate var failed: Int { finishes[Finish.failed.rawValue] ?? 0 }
}
