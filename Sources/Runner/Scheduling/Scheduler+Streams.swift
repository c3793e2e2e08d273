import Decoding
import JobSpecs
import RunStore
import Support

/// Steps are judged while the draft writes on, and the draft is stopped once no trajectory needs more.
///
/// A trajectory takes the beginning up to its first rejected step, however much more was written by then, so that neither its
/// events nor its results depend on how fast the engines are.
extension Scheduler {
    /// Whether a trajectory judges a solution as it comes.
    func readsAlong(_ need: Need) -> Lookahead? {
        guard case .generate(let wanted) = need, let lookahead = wanted.lookahead else { return nil }
        // Without the PRM, there is no verdict before the end.
        if lookahead == .auto, !mayReadAlong { return nil }
        return lookahead
    }

    /// A trajectory begins to judge a solution.
    ///
    /// - Parameter isRequested: whether others wait for it already.
    mutating func follow(_ sent: InferenceRequest, _ waiter: Waiter, _ lookahead: Lookahead, isRequested: Bool) {
        let request = sent.fingerprint
        if streams[request] == nil {
            let known = responses[sent] ?? responses.beginning(of: request)
            streams[request] = DraftStream(
                written: known?.event.generated, request: sent, source: known?.source, isRequested: isRequested)
        }
        streams[request]?.readers[waiter] = DraftReader(lookahead: lookahead)
        if streams[request]?.written == nil { demand(request) }
        read(request, waiter)
    }

    /// Requests a solution, or the whole of one of which only a beginning is known.
    mutating func demand(_ request: RequestFingerprint) {
        guard let stream = streams[request], !stream.isRequested, stream.whole == nil,
            let engine = pending[request].flatMap({ engines[$0.need.role] })
        else { return }
        streams[request]?.isRequested = true
        queues[engine]?.add([request])
    }

    /// More of a solution was written.
    mutating func progress(_ request: RequestFingerprint, _ written: Generated) {
        guard let stream = streams[request], stream.isRequested, !stream.isEnding, written.beyond != nil,
            written.steps.count > stream.written?.steps.count ?? 0
        else { return }
        streams[request]?.written = written
        for waiter in readers(of: request) { read(request, waiter) }
    }

    /// In the order in which they came.
    private func readers(of request: RequestFingerprint) -> [Waiter] {
        pending.waiters(for: request).filter { streams[request]?.readers[$0] != nil }
    }

    /// Judges what is written and not judged yet.
    private mutating func read(_ request: RequestFingerprint, _ waiter: Waiter) {
        while let stream = streams[request], let reader = stream.readers[waiter], reader.enough == nil,
            let trajectory = trajectory(waiter.id),
            let answer = stream.usable(within: trajectory.response.limits)
        {
            if reader.isBlind {
                if stream.whole != nil { take(request, waiter, nil) }
                return
            }
            if answer.steps.count == reader.checked {
                if stream.isOver { conclude(request, waiter, after: reader.checked) } else { demand(request) }
                return
            }
            if let awaited = reader.awaited, isRunning(awaited.request) || awaited.steps == answer.steps.count {
                return
            }
            guard let after = try? trajectory.after(.generated(answer), for: waiter) else {
                streams[request]?.readers[waiter]?.isBlind = true
                continue
            }
            switch after.needs.first {
            case .generate(let wanted) where wanted.role == waiter.role:
                streams[request]?.readers[waiter]?.checked = answer.steps.count
            case .score(let wanted) where reader.lookahead == .auto:
                let isEarly = answer.steps.count - reader.checked < rhythm.steps(solutions: streams.count)
                if isEarly, !stream.isOver, stream.isRequested { return }
                guard askAhead(wanted, request, waiter, steps: answer.steps.count) else { return }
            default:
                // The fewest steps that are enough.
                let enough = (reader.checked + 1..<answer.steps.count).first { count in
                    let part = try? trajectory.after(.generated(answer.first(count)), for: waiter)
                    if case .generate(let wanted)? = part?.needs.first { return wanted.role != waiter.role }
                    return true
                }
                return conclude(request, waiter, after: enough ?? answer.steps.count)
            }
        }
    }

    private func trajectory(_ id: TrajectoryID) -> Trajectory? { entries[id] ?? trajectories[id] }

    private func isRunning(_ request: RequestFingerprint) -> Bool { engine(running: request) != nil }

    // MARK: Verdicts

    /// Has the PRM read the steps so far. While its request waits, it is replaced by one for more steps.
    ///
    /// - Returns: whether the verdicts are known already.
    private mutating func askAhead(_ wanted: Scoring, _ draft: RequestFingerprint, _ waiter: Waiter, steps: Int) -> Bool
    {
        let request = InferenceRequest(.score(wanted), of: waiter.id, in: scope)
        let ahead = waiter.asReader(of: draft)
        let earlier = streams[draft]?.readers[waiter]?.awaited
        pending.close(ahead)
        streams[draft]?.readers[waiter]?.awaited = .init(
            request: request.fingerprint, wanted: wanted, steps: steps)
        if let event = responses[request]?.event {
            judge(draft, waiter, event, asked: nil)
            return true
        }
        if pending.add(request, for: ahead), let engine = engines[.prm] {
            queues[engine]?.add(request.fingerprint, inPlaceOf: earlier?.request)
        }
        return false
    }

    /// The PRM has read steps of a solution that is being written.
    mutating func takeVerdicts(_ event: Event, for ahead: Waiter, asked: TimeSpan?) {
        guard let draft = ahead.draft else { return }
        pending.close(ahead)
        let waiter = ahead.asWriter
        judge(draft, waiter, event, asked: asked)
        read(draft, waiter)
    }

    private mutating func judge(_ draft: RequestFingerprint, _ waiter: Waiter, _ event: Event, asked: TimeSpan?) {
        guard let stream = streams[draft], var reader = stream.readers[waiter], let awaited = reader.awaited,
            let trajectory = trajectory(waiter.id), let answer = stream.usable(within: trajectory.response.limits)
        else { return }
        let steps = awaited.steps
        reader.awaited = nil
        if case .scored(let scored) = event { reader.read = reader.read.plus(scored.promptTokens) }
        reader.asked = asked.map { reader.asked?.through($0) ?? $0 } ?? reader.asked
        let part = steps == answer.steps.count ? answer : answer.first(steps)
        var enough: Int?
        if let after = try? trajectory.after(.generated(part), for: waiter).after(event, for: waiter.asReader) {
            let accepted = after.response.steps.count - trajectory.response.steps.count
            let needsTarget = after.needs.first.map { $0.role != waiter.role } ?? false
            rhythm.note(accepted: max(0, accepted - reader.checked), isRejected: needsTarget)
            switch (after.response.finish, after.needs.first) {
            case (let finish?, _):
                // A limit of the response may leave steps over. Nothing is committed for an empty step at the end.
                let fewer = try? trajectory.after(.generated(answer.first(max(1, accepted))), for: waiter)
                let isEnough = fewer?.judged(by: event, on: awaited.wanted)?.response.finish == finish
                enough = isEnough ? max(1, accepted) : steps
            case (nil, .generate(let wanted)) where wanted.role == waiter.role: reader.checked = steps
            case (nil, .generate): enough = min(accepted + 1, steps)
            default: reader.isBlind = true
            }
        } else {
            reader.isBlind = true
        }
        streams[draft]?.readers[waiter] = reader
        if let enough { conclude(draft, waiter, after: enough) }
    }

    /// Steps could not be judged ahead: whatever the reason, it shows again if the steps are still needed at the end.
    mutating func giveUpVerdicts(for ahead: Waiter) {
        guard let draft = ahead.draft else { return }
        pending.close(ahead)
        let waiter = ahead.asWriter
        streams[draft]?.readers[waiter]?.awaited = nil
        streams[draft]?.readers[waiter]?.isBlind = true
        read(draft, waiter)
    }

    // MARK: The end

    /// A trajectory needs no more than some steps. The last to say so waits until the engine has stopped.
    private mutating func conclude(_ request: RequestFingerprint, _ waiter: Waiter, after count: Int) {
        guard let stream = streams[request] else { return }
        let isLast = !pending.waiters(for: request).contains { $0 != waiter }
        guard isLast, stream.whole == nil, isRunning(request) else { return take(request, waiter, count) }
        streams[request]?.readers[waiter]?.enough = count
        streams[request]?.isEnding = true
        act(.end(request))
    }

    /// Records a trajectory's part of a solution.
    ///
    /// - Parameter count: its number of steps; nil for the whole solution as it is.
    private mutating func take(_ request: RequestFingerprint, _ waiter: Waiter, _ count: Int?) {
        guard let stream = streams[request], let written = stream.written, let trajectory = trajectory(waiter.id),
            let reader = streams[request]?.readers.removeValue(forKey: waiter)
        else { return }
        if reader.read > 0 { readAhead[waiter.asReader] = reader }
        let isAll = count == nil || count == written.steps.count && stream.whole != nil && written.seam == nil
        let answer = isAll ? written : written.first(count ?? 0)
        do {
            let event = Event.generated(answer)
            try record(
                event, for: waiter, from: stream.request.origin(of: event, asked: stream.asked, source: stream.source))
            streams[request]?.asked = nil
        } catch {
            // It was tried before.
            pending.close(waiter)
            let failure = Event.failed(reason: "\(error)")
            if let entry = try? entries.add(failure, to: trajectory, from: AnswerOrigin()) { act(.record(entry)) }
        }
        if pending.waiters(for: request).isEmpty { streams[request] = nil }
    }

    /// The engine has ended a solution, or was stopped.
    ///
    /// - Throws: ``UnexpectedEvent`` if it does not fit; nothing is taken then.
    mutating func endStream(_ event: Event, _ request: RequestFingerprint, asked: TimeSpan?) throws {
        guard let answer = event.generated else {
            throw UnexpectedEvent(description: "expected text, got \(event)")
        }
        for waiter in pending.waiters(for: request) {
            let count = streams[request]?.readers[waiter]?.enough ?? answer.steps.count
            let part = answer.beyond == nil ? event : .generated(answer.first(count))
            _ = try trajectory(waiter.id)?.after(part, for: waiter)
        }
        if let engine = engine(running: request) { queues[engine]?.succeed(request) }
        responses.add(event, answering: request)
        streams[request]?.written = answer
        streams[request]?.asked = asked
        streams[request]?.isRequested = false
        streams[request]?.isEnding = false
        for waiter in pending.waiters(for: request) {
            if let reader = streams[request]?.readers[waiter] {
                if let enough = reader.enough { take(request, waiter, enough) } else { read(request, waiter) }
            } else if answer.beyond == nil {
                let asked = streams[request]?.asked
                try record(event, for: waiter, from: AnswerOrigin(asked: asked, request: request))
                streams[request]?.asked = nil
            } else {
                demand(request)
            }
        }
        if pending.waiters(for: request).isEmpty { streams[request] = nil }
    }

    /// The request of a solution has failed or was dropped.
    ///
    /// - Returns: whether nothing more of it is needed.
    mutating func breakOff(_ request: RequestFingerprint) -> Bool {
        guard let stream = streams[request] else { return false }
        if stream.isEnding, let written = stream.written {
            return (try? endStream(.generated(written), request, asked: nil)) != nil
        }
        streams[request]?.written = nil
        for (waiter, reader) in stream.readers {
            pending.close(waiter.asReader(of: request))
            streams[request]?.readers[waiter] = DraftReader(lookahead: reader.lookahead)
        }
        return false
    }
}

extension Waiter {
    /// The same trajectory as it waits for the PRM.
    fileprivate var asReader: Waiter { Waiter(id: id, role: .prm, candidate: candidate) }

    /// The same, for verdicts on a solution that is being written.
    fileprivate func asReader(of draft: RequestFingerprint) -> Waiter {
        Waiter(id: id, role: .prm, candidate: candidate, draft: draft)
    }

    /// The same trajectory as it waits for the draft.
    fileprivate var asWriter: Waiter { Waiter(id: id, role: .draft, candidate: candidate) }
}

extension Trajectory {
    /// The trajectory after verdicts that are about more steps than it has.
    fileprivate func judged(by event: Event, on asked: Scoring) -> Trajectory? {
        guard case .scored(let scored) = event, case .score(let wanted)? = needs.first,
            let verdicts = scored.verdicts(for: wanted, of: asked)
        else { return nil }
        var after = self
        return (try? after.apply(.scored(verdicts))).map { after }
    }

    /// The trajectory after an event that answers what it waits for.
    ///
    /// - Throws: ``UnexpectedEvent`` if it does not.
    fileprivate func after(_ event: Event, for waiter: Waiter) throws -> Trajectory {
        var after = self
        try after.apply(event.answering(waiter.role, candidate: waiter.candidate))
        return after
    }
}

extension Event {
    fileprivate var generated: Generated? { if case .generated(let answer) = self { answer } else { nil } }
}
