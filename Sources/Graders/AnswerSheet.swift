import Decoding
import Methods
import RunStore
import Support

/// The answers of a run, as pairs for a grader.
package struct AnswerSheet {
    /// The reason for a verdict on a response that ends within its thoughts.
    private static let stillThinking = "it ended within its thoughts"

    private var decided: [TrajectoryID: Grade] = [:]
    package private(set) var pairs: [(id: TrajectoryID, pair: GradingPair)] = []

    package init(_ trajectories: TrajectorySet) {
        let answers = trajectories.parallelMap { trajectory in
            trajectory.response.finish.flatMap { _ in trajectory.response.answer }
        }
        for (trajectory, answer) in zip(trajectories, answers) {
            guard let finish = trajectory.response.finish, let problem = trajectories.problem(of: trajectory.id) else {
                continue
            }
            let pair = GradingPair(
                id: trajectory.id.description, dataset: problem.dataset, question: problem.question,
                text: trajectory.response.answerText, answer: answer, isCut: finish.isCut, gold: problem.answer,
                choices: problem.choices)
            if finish == .failed {
                decided[trajectory.id] = Grade(.wrong, reason: "the trajectory failed", answer: answer)
            } else if pair.isBlank {
                let isThinking = trajectory.response.endsWithinThoughts
                decided[trajectory.id] = Grade(.empty, reason: isThinking ? Self.stillThinking : nil, answer: answer)
            } else {
                pairs.append((trajectory.id, pair))
            }
        }
    }

    /// - Throws: `CancellationError`, or an error of the process ledger.
    package func grades(from grader: any Grader) async throws -> [TrajectoryID: Grade] {
        grades(try await grader.gradeAll(pairs.map(\.pair)))
    }

    /// By ``ExactGrader``, which needs no process.
    package func exactGrades() -> [TrajectoryID: Grade] { grades(ExactGrader().grade(pairs.map(\.pair))) }

    /// Grades with ``ExactGrader``, which needs no process.
    private func grades(_ judged: [Grade]) -> [TrajectoryID: Grade] {
        var grades = decided
        for ((id, pair), var grade) in zip(pairs, judged) {
            grade.answer = grade.answer ?? pair.answer
            grades[id] = grade
        }
        return grades
    }
}
