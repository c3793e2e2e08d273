import Decoding
import JobSpecs
import RunStore

/// Responses of models so far: two trajectories with the same request get the same response, and it is sent once.
package struct ResponseCache: Sendable {
    struct Known: Sendable {
        var event: Event
        /// The limit on tokens that it was requested with.
        var maxTokens: Int?
        /// See ``AnswerOrigin/source``.
        var source: Int?
    }

    /// By ``RequestFingerprint/digest``.
    private var ended: [String: Known] = [:]
    /// Responses that the limit cut answer only requests with the same limit.
    private var cut: [RequestFingerprint: Known] = [:]

    package init() {}

    var isEmpty: Bool { ended.isEmpty && cut.isEmpty }
    var count: Int { ended.count + cut.count }

    /// The response to a request, for the need that it was sent for.
    subscript(request: RequestFingerprint) -> Known? {
        if let known = ended[request.digest],
            known.maxTokens == request.maxTokens || known.event.writtenTokens < request.maxTokens ?? .max
        {
            return known
        }
        return cut[request]
    }

    /// The first response to a request stays.
    mutating func add(_ event: Event, answering request: RequestFingerprint, source: Int? = nil) {
        guard event.isAnswer else { return }
        let known = Known(event: event, maxTokens: request.maxTokens, source: source)
        if event.isCut {
            if cut[request] == nil { cut[request] = known }
        } else if ended[request.digest] == nil {
            ended[request.digest] = known
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

    var writtenTokens: Int {
        if case .generated(let answer) = self { answer.tokens } else { 0 }
    }
}
