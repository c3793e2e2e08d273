import Foundation
import Graders
import JobSpecs
import RSDJobs
import Support

/// The output of `grade --answers`: verdict lines to standard output or a file, their summary to standard error.
struct AnswersOutput {
    let console: Console
    /// nil for standard output.
    let path: String?

    func grade(_ file: AnswerFile, with kind: GraderKind, interruption: Interruption) async throws {
        let grading = AnswerGrading(with: kind)
        let sink = try path.map { try ReplacedFile(URL(filePath: $0)) }
        let counts = try await grading.grade(file, interruption: interruption) { grader, total in
            console.grading(grader, finished: total, of: total)
        } write: { lines in
            if let sink { try sink.write(lines) } else { try console.out(String(decoding: lines, as: UTF8.self)) }
        }
        try sink?.finish()
        console.message("rsd-batch: \(counts.summary)\n")
        if counts[.error] > 0, kind != .exact {
            console.message("rsd-batch: the grader's output is in \(grading.folder.appending(path: "logs").path)\n")
        }
        if counts[.error] + counts[.timeout] > 0 { throw ExitRequest(category: .someFailed) }
    }
}

extension AnswerCounts {
    /// `136 answers: 120 right, 14 wrong (3 of them not decided), 2 empty`
    var summary: String {
        let parts = Grade.Verdict.allCases.filter { self[$0] > 0 || $0 == .right }.map { verdict in
            let note =
                verdict == .wrong && undecided > 0 ? " (\(NumberFormat.grouped(undecided)) of them not decided)" : ""
            return "\(NumberFormat.grouped(self[verdict])) \(verdict.rawValue)\(note)"
        }
        return "\(NumberFormat.counted(total, "answer")): \(parts.joined(separator: ", "))"
    }
}
