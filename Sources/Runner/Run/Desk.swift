import Decoding
import RunStore

/// The questions of a phase that have no answer yet, and who waits for each.
struct Desk: Sendable {
    private struct Errand: Hashable {
        var id: TrajectoryID
        var candidate: Int
    }

    private var questions: [Question.Key: Question] = [:]
    private var waiting: [Question.Key: [Errand]] = [:]
    private var open: [TrajectoryID: [Int: Question.Key]] = [:]

    /// nil where nobody waits for it any more.
    subscript(key: Question.Key) -> Question? { questions[key] }

    func isOpen(_ id: TrajectoryID, _ candidate: Int) -> Bool { open[id]?[candidate] != nil }

    /// Who is to be served next, in the order in which they came.
    func first(waitingFor key: Question.Key) -> (id: TrajectoryID, candidate: Int)? {
        waiting[key]?.first.map { ($0.id, $0.candidate) }
    }

    /// - Returns: whether the question is new.
    mutating func add(_ question: Question, for id: TrajectoryID, candidate: Int) -> Bool {
        open[id, default: [:]][candidate] = question.key
        waiting[question.key, default: []].append(Errand(id: id, candidate: candidate))
        if questions[question.key] != nil { return false }
        questions[question.key] = question
        return true
    }

    mutating func close(_ id: TrajectoryID, _ candidate: Int, _ key: Question.Key) {
        open[id]?[candidate] = nil
        waiting[key]?.removeAll { $0 == Errand(id: id, candidate: candidate) }
        guard waiting[key]?.isEmpty ?? true else { return }
        waiting[key] = nil
        questions[key] = nil
    }

    /// Whatever a trajectory waits for.
    mutating func closeAll(of id: TrajectoryID) {
        for (candidate, key) in open[id] ?? [:] { close(id, candidate, key) }
    }
}
