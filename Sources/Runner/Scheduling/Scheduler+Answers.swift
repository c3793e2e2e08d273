import Decoding
import JobSpecs
import ModelLifecycle
import RunStore
import Support

extension Scheduler {
    /// Serves what a trajectory needs from these engines if it is known already, and requests the rest.
    ///
    /// - Parameter event: the last that it took in, if all that it needed before is requested.
    mutating func takeUp(_ id: TrajectoryID, after event: Event? = nil) {
        guard let trajectory = trajectories[id], entries[id]?.response.finish == nil else { return }
        for need in event.map({ trajectory.needs(after: $0.candidate) }) ?? trajectory.needs {
            let waiter = Waiter(id: id, role: need.role, candidate: need.candidate)
            guard let engine = engines[need.role], queues[engine] != nil, !pending.isOpen(waiter)
            else { continue }
            let request = InferenceRequest(need, of: id, in: scope)
            let fingerprint = request.fingerprint
            if let lookahead = readsAlong(need) {
                let isNew = pending.add(request, for: waiter)
                follow(request, waiter, lookahead, isRequested: !isNew)
                continue
            }
            let known = responses[request]
            if let event = known?.event ?? arriving[fingerprint]?.event,
                (try? record(
                    event, for: waiter, from: request.origin(of: event, source: known?.source, sent: known?.request)))
                    != nil
            {
                continue
            }
            let isNew = pending.add(request, for: waiter)
            if streams[fingerprint] != nil {
                demand(fingerprint)
            } else if isNew {
                queues[engine]?.add([fingerprint])
            }
        }
    }

    /// Delivers a response to all who wait for it, first to the trajectory that it was requested for.
    mutating func deliver(_ event: Event, to request: RequestFingerprint, asked: TimeSpan?) {
        guard engine(running: request) != nil else { return }
        let sent = pending[request]
        if streams[request] != nil {
            do { try endStream(event, request, asked: asked) } catch { handle(.attempt("\(error)"), of: request) }
            return
        }
        arriving[request] = ArrivingAnswer(event: event)
        var (asked, misfit): (TimeSpan?, (any Error)?) = (asked, nil)
        let waiters = pending.waiters(for: request)
        if let sent, waiters.contains(where: { $0.draft != nil }) {
            responses.add(event, answering: request, readings: sent.origin(of: event).readings)
        }
        for waiter in waiters {
            if waiter.draft != nil {
                takeVerdicts(event, for: waiter, asked: asked)
                asked = nil
                continue
            }
            do {
                try record(event, for: waiter, from: sent?.origin(of: event, asked: asked) ?? AnswerOrigin())
                asked = nil
            } catch {
                misfit = error
            }
        }
        if let misfit {
            // A trajectory that could not take it requests it again.
            arriving[request] = nil
            handle(.attempt("\(misfit)"), of: request)
        } else {
            completeIfRecorded(request)
        }
    }

    /// - Throws: ``UnexpectedEvent`` if the event does not fit; nothing is recorded then.
    mutating func record(_ event: Event, for waiter: Waiter, from origin: AnswerOrigin) throws {
        guard let request = origin.request, let trajectory = trajectories[waiter.id] else { return }
        var (event, origin) = (event.answering(waiter.role, candidate: waiter.candidate), origin)
        if case .scored(var scored) = event, let ahead = readAhead[waiter] {
            // The last pass may have read just these steps.
            scored.readAhead = origin.asked == nil ? max(0, ahead.read - scored.promptTokens) : ahead.read
            event = .scored(scored)
            origin.asked = origin.asked ?? ahead.asked
        }
        let entry = try entries.add(event, to: trajectory, from: origin)
        if waiter.role == .prm { readAhead[waiter] = nil }
        pending.serve(waiter, request)
        arriving[request]?.entries.insert(entry.number)
        act(.record(entry))
    }

    /// Applies an event that is recorded.
    mutating func take(_ number: Int) {
        guard let entry = entries.remove(number) else { return }
        let trajectory = entry.trajectory
        trajectories.update([trajectory])
        act(.notify(.advanced(trajectory, entry.event, asked: entry.origin.asked)))
        if let role = entry.event.role {
            pending.close(Waiter(id: trajectory.id, role: role, candidate: entry.event.candidate))
        }
        if trajectory.response.finish != nil { pending.closeAll(of: trajectory.id) }
        if let request = entry.origin.request {
            responses.add(
                entry.event, answering: request, readings: entry.origin.readings, source: entry.origin.source)
            arriving[request]?.entries.remove(number)
            completeIfRecorded(request)
        }
        takeUp(trajectory.id, after: entry.event.role == nil ? nil : entry.event)
    }

    /// A response must be on disk for all who waited before the next request takes its slot.
    private mutating func completeIfRecorded(_ request: RequestFingerprint) {
        guard arriving[request]?.entries.isEmpty == true else { return }
        arriving[request] = nil
        if let engine = engine(running: request) { queues[engine]?.succeed(request) }
    }

    func engine(running request: RequestFingerprint) -> EngineID? {
        queues.first { $0.value.isRunning(request) }?.key
    }
}
