import Answers
import Decoding
import RunStore

/// The answers of a run, as pairs for a grader.
package struct AnswerSheet {
    private var decided: [TrajectoryID: Grade] = [:]
    package private(set) var pairs: [(id: TrajectoryID, pair: GradingPair)] = []

    package init(_ trajectories: TrajectorySet) {
        for trajectory in trajectories {
            guard let finish = trajectory.response.finish, let problem = trajectories.problem(of: trajectory.id) else {
                continue
            }
            let text = trajectory.response.text
            let answer = AnswerExtraction.answer(in: text, isCut: finish.isCut)
            if finish == .failed {
                decided[trajectory.id] = Grade(.wrong, reason: "the trajectory failed")
            } else {
                let pair = GradingPair(
                    id: trajectory.id.description, dataset: problem.dataset, question: problem.question, text: text,
                    answer: answer, isCut: finish.isCut, gold: problem.answer, choices: problem.choices)
                if pair.isBlank {
                    decided[trajectory.id] = Grade(.empty)
                } else {
                    pairs.append((trajectory.id, pair))
                }
            }
        }
    }

    /// - Throws: `CancellationError`, or an error of the process ledger.
    package func grades(from grader: any Grader) async throws -> [TrajectoryID: Grade] {
        let judged = try await grader.gradeAll(pairs.map(\.pair))
        return decided.merging(zip(pairs.map(\.id), judged)) { $1 }
    }

    /// Grades with ``ExactGrader``, which needs no process.
    package func exactGrades() -> [TrajectoryID: Grade] {
        let judged = ExactGrader().grade(pairs.map(\.pair))
        return decided.merging(zip(pairs.map(\.id), judged)) { $1 }
    }
}
