import Decoding
import RunStore
import Support

/// A solution that a model is writing, and the trajectories that judge its steps as they come.
struct DraftStream: Sendable {
    /// Whole steps so far, or all of them: then ``Generated/beyond`` is nil.
    var written: Generated?
    let request: InferenceRequest
    /// When its request ran.
    var asked: TimeSpan?
    /// See ``AnswerOrigin/source``.
    var source: Int?
    /// Whether its request is waiting or running.
    var isRequested = false
    /// Whether the engine is being stopped, since nobody needs more.
    var isEnding = false
    var readers: [Waiter: DraftReader] = [:]

    /// All of it, once the model has ended it.
    var whole: Generated? { written?.beyond == nil ? written : nil }

    /// The steps that step-at-a-time would also have produced.
    ///
    /// - Returns: nil if nothing is written.
    func usable(within limits: Limits) -> Generated? {
        guard let written else { return nil }
        let count = written.usableSteps(within: limits)
        return count == written.steps.count && written.seam == nil ? written : written.first(count)
    }

    /// Whether nothing more that is usable will be written.
    var isOver: Bool { whole != nil || written?.seam != nil }
}

/// A trajectory that judges a solution while it is written.
struct DraftReader: Sendable {
    var lookahead: Lookahead
    /// Number of leading steps after which it needs more.
    var checked = 0
    /// The verdicts that it waits for.
    var awaited: Awaited?
    /// Tokens that the PRM has read for it.
    var read = 0
    /// When the PRM read.
    var asked: TimeSpan?
    /// Verdicts are of no use to it: it waits for the whole solution.
    var isBlind = false
    /// Number of steps that it takes, once that is known.
    var enough: Int?

    struct Awaited: Sendable {
        var request: RequestFingerprint
        var wanted: Scoring
        /// Number of steps of the solution that they are about.
        var steps: Int
    }
}

extension TimeSpan {
    /// From the beginning of one to the end of the other.
    func through(_ later: TimeSpan) -> TimeSpan {
        TimeSpan(begin: begin, seconds: max(seconds, later.begin + later.seconds - begin))
    }
}
