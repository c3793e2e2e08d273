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

    /// The responses in the journal of a run that `scope` is of.
    ///
    /// - Throws: ``ForeignEvent``.
    package init(_ records: [JournalRecord], of trajectories: TrajectorySet, in scope: RequestScope) throws {
        try add(records, of: trajectories, in: scope)
    }

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

    /// Adds what a journal holds. Journals of earlier versions do not name the requests, which are then found by a replay.
    ///
    /// - Parameters:
    ///   - trajectories: of the journal's job, before any event.
    ///   - source: the number of the run; nil for this one.
    /// - Throws: ``ForeignEvent``.
    mutating func add(
        _ records: [JournalRecord], of trajectories: @autoclosure () throws -> TrajectorySet,
        in scope: @autoclosure () throws -> RequestScope, source: Int? = nil
    ) throws {
        var isNamed = true
        for case .event(_, let event, let origin) in records where event.isAnswer {
            if let request = origin.request {
                add(event, answering: request, source: source ?? origin.source)
            } else {
                isNamed = false
            }
        }
        if isNamed { return }
        let scope = try scope()
        var trajectories = try trajectories()
        var found: [(event: Event, request: RequestFingerprint)] = []
        _ = try trajectories.replay(records) { event, need, id, origin in
            guard origin.request == nil else { return }
            found.append((event, InferenceRequest(need, of: id, in: scope).fingerprint))
        }
        for (event, request) in found { add(event, answering: request, source: source) }
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
