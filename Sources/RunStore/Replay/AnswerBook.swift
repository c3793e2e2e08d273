import Decoding
import JobSpecs
import Synchronization

/// What models have answered so far: two trajectories that need the same get the same answer, and it is asked for once.
package final class AnswerBook: Sendable {
    private let answers = Mutex<[Question.Key: Event]>([:])
    /// Where no two trajectories are about the same problem, none can need what another got.
    private let isOfUse: Bool

    package init(_ job: JobSpec) {
        isOfUse = job.methods.count * job.seeds.count > 1
    }

    /// The answer to a question, as one to this need, if there is one.
    package func answer(to question: Question) -> Event? {
        guard var event = answers.withLock({ $0[question.key] }) else { return nil }
        event.candidate = question.need.candidate
        return event
    }

    /// - Parameter key: made only where it is of use: it is a hash of all that was sent.
    package func note(_ event: Event, answering key: @autoclosure () -> Question.Key) {
        guard isOfUse, event.isAnswer else { return }
        let key = key()
        answers.withLock { $0[key] = event }
    }
}
