import Decoding
import JobSpecs
import RunStore

/// Responses of models so far: two trajectories with the same request get the same response, and it is sent once.
package struct ResponseCache: Sendable {
    struct Known: Sendable {
        var event: Event
        /// The request that was sent for it.
        var request: RequestFingerprint
        /// See ``AnswerOrigin/source``.
        var source: Int?
    }

    /// By ``RequestFingerprint/digest``.
    private var whole: [String: Known] = [:]
    /// Those that a limit shaped.
    private var limited: [RequestFingerprint: Known] = [:]

    package init() {}

    var isEmpty: Bool { whole.isEmpty && limited.isEmpty }
    var count: Int { whole.count + limited.count }

    /// The response to a request, for the need that it was sent for.
    subscript(request: RequestFingerprint) -> Known? {
        if let known = whole[request.digest], known.event.answers(request, askedAs: known.request) { return known }
        return limited[request]
    }

    /// The first response to a request stays.
    mutating func add(_ event: Event, answering request: RequestFingerprint, source: Int? = nil) {
        guard event.isAnswer else { return }
        let known = Known(event: event, request: request, source: source)
        if event.isLimited {
            if limited[request] == nil { limited[request] = known }
        } else if whole[request.digest] == nil {
            whole[request.digest] = known
        }
    }

    /// Adds the responses in a journal that say to which request.
    ///
    /// - Parameter source: the number of the run; nil for this one.
    mutating func add(_ records: [JournalRecord], source: Int? = nil) {
        for case .event(_, let event, let origin) in records {
            if let request = origin.request { add(event, answering: request, source: source ?? origin.source) }
        }
    }
}

extension Event {
    /// Whether the limit on tokens ended it.
    var isCut: Bool {
        if case .generated(let answer) = self { answer.end == .maxTokens } else { false }
    }

    /// Whether another limit might have led to another response: it was cut, or the PRM did not see the whole solution.
    var isLimited: Bool {
        if case .scored(let answer) = self { !(answer.overlong.isEmpty && answer.dropped.isEmpty) } else { isCut }
    }

    /// Whether it is the response to a request, too, that differs at most in its limits.
    func answers(_ request: RequestFingerprint, askedAs asked: RequestFingerprint) -> Bool {
        asked == request
            || asked.digest == request.digest && !isLimited && writtenTokens < request.maxTokens ?? .max
    }

    private var writtenTokens: Int {
        if case .generated(let answer) = self { answer.tokens } else { 0 }
    }
}
