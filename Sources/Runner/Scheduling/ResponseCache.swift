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
    /// Solutions whose models were stopped, as far as known, by ``RequestFingerprint/digest``.
    private var beginnings: [String: Known] = [:]
    /// Responses whose rewards are also those of other requests.
    private var passes: [Known] = []
    /// Where the rewards are, by ``Known/source``, in the order in which these came.
    private var readings: [(source: Int?, places: [ReadingKey: Place])] = []

    /// A reward in one of ``passes``.
    private struct Place {
        var pass: Int
        var index: Int
    }

    package init() {}

    var isEmpty: Bool { count == 0 }
    var count: Int { whole.count + limited.count + beginnings.count }

    /// The response to a request, for the need that it or an equal one was sent for.
    subscript(request: InferenceRequest) -> Known? {
        for fingerprint in request.all {
            if let known = response(to: fingerprint) { return known }
        }
        return part(for: request)
    }

    private func response(to fingerprint: RequestFingerprint) -> Known? {
        if let known = whole[fingerprint.digest], known.event.answers(fingerprint, askedAs: known.request) {
            return known
        }
        return limited[fingerprint]
    }

    /// Rewards that are known from requests about more steps, or about each of them, with the counts of this one. All are from the
    /// same run.
    private func part(for request: InferenceRequest) -> Known? {
        guard request.endsWithReading, let last = request.readings.last else { return nil }
        for (_, places) in readings where places[last] != nil {
            if let part = part(request.readings.compactMap { places[$0] }, of: request) { return part }
        }
        return nil
    }

    private func part(_ found: [Place], of request: InferenceRequest) -> Known? {
        guard found.count == request.readings.count, let last = found.last, case var known = passes[last.pass],
            case .scored(let longest) = known.event, let read = longest.promptTokens(upTo: last.index)
        else { return nil }
        var answer = Scored(rewards: [], tokens: [], promptTokens: read, isOnePass: true)
        for place in found {
            guard case .scored(let scored) = passes[place.pass].event else { return nil }
            answer.rewards.append(scored.rewards[place.index])
            answer.tokens.append(scored.tokens[place.index])
        }
        known.event = .scored(answer)
        return known
    }

    /// The beginning of the response to a request, if not all of it is known.
    func beginning(of request: RequestFingerprint) -> Known? {
        guard let known = beginnings[request.digest], known.event.writtenTokens < request.maxTokens ?? .max else {
            return nil
        }
        return known
    }

    /// The first response to a request stays, and the longest beginning.
    mutating func add(
        _ event: Event, answering request: RequestFingerprint, readings keys: [ReadingKey] = [], source: Int? = nil
    ) {
        guard event.isAnswer else { return }
        let known = Known(event: event.alone, request: request, source: source)
        if case .generated(let answer) = event, answer.beyond != nil {
            if answer.tokens > beginnings[request.digest]?.event.writtenTokens ?? 0 {
                beginnings[request.digest] = known
            }
        } else if event.isLimited {
            if limited[request] == nil { limited[request] = known }
        } else if whole[request.digest] == nil {
            whole[request.digest] = known
        }
        if case .scored(let answer) = event, answer.rewards.count == keys.count, answer.tokens.count == keys.count {
            addReadings(keys, in: known)
        }
    }

    private mutating func addReadings(_ keys: [ReadingKey], in known: Known) {
        if !readings.contains(where: { $0.source == known.source }) { readings.append((known.source, [:])) }
        guard let source = readings.firstIndex(where: { $0.source == known.source }) else { return }
        let new = keys.indices.filter { readings[source].places[keys[$0]] == nil }
        guard !new.isEmpty else { return }
        for index in new { readings[source].places[keys[index]] = Place(pass: passes.count, index: index) }
        passes.append(known)
    }

    /// Adds the responses in a journal that say to which request.
    ///
    /// - Parameter source: the number of the run; nil for this one.
    mutating func add(_ records: [JournalRecord], source: Int? = nil) {
        for case .event(_, let event, let origin) in records {
            if let request = origin.request {
                add(event, answering: request, readings: origin.readings, source: source ?? origin.source)
            }
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

    /// Without what was read ahead of it for one trajectory.
    fileprivate var alone: Event {
        guard case .scored(var answer) = self, answer.readAhead > 0 else { return self }
        answer.readAhead = 0
        return .scored(answer)
    }

    fileprivate var writtenTokens: Int {
        if case .generated(let answer) = self { answer.tokens } else { 0 }
    }
}
