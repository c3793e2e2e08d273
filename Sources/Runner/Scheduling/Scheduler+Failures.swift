import RunStore

extension Scheduler {
    mutating func handle(_ failure: RequestFailure, of request: RequestFingerprint) {
        guard let engine = engine(running: request), !breakOff(request) else { return }
        guard case .working = stage, failure != .unsent else {
            queues[engine]?.drop(request)
            return
        }
        switch failure {
        case .unsent: break
        case .permanent(let reason):
            queues[engine]?.remove(request)
            giveUp(request, reason: reason)
        case .attempt(let reason):
            if let request = pending[request] { act(.notify(.attemptFailed(request.id, reason: reason))) }
            queues[engine]?.fail(request, reason: reason)
        }
    }

    /// Fails all who wait for a response.
    mutating func giveUp(_ request: RequestFingerprint, reason: String) {
        // A trajectory may wait with several candidates, but fails once.
        streams[request] = nil
        for waiter in pending.waiters(for: request) where pending.isOpen(waiter) {
            if waiter.draft != nil {
                giveUpVerdicts(for: waiter)
                continue
            }
            guard let trajectory = trajectories[waiter.id] else { continue }
            pending.closeAll(of: waiter.id)
            // It does not fit if the trajectory has finished in the meantime.
            guard
                let entry = try? entries.add(.failed(reason: reason), to: trajectory, from: AnswerOrigin())
            else { continue }
            act(.record(entry))
        }
    }

    // MARK: An engine in trouble

    /// Takes back all requests, including those to healthy engines.
    mutating func halt(for trouble: EngineTrouble) {
        guard case .working(let phase) = stage, queues[trouble.engine] != nil else { return }
        stage = .halting(phase, trouble)
        cancelRunning()
    }

    /// Restarts the engine in trouble. The others stay up, and their requests are sent again.
    mutating func recover(_ phase: SchedulerPhase, from trouble: EngineTrouble) {
        if isToStop { return end(phase, .stop) }
        act(.notify(.trouble(trouble)))
        let engine = trouble.engine
        guard queues[engine]?.engineDown(how: "\(trouble)") == true else {
            let reason = "\(trouble), repeatedly"
            if isTail { return part(phase, reason) }
            return end(phase, .giveUp(EngineUseless(engines: [engine], reason: reason)))
        }
        for engine in phase.engines { queues[engine]?.takeBackDropped() }
        stage = .restarting(phase, engine, retrying: [])
        act(.restart(engine))
    }

    mutating func resume() {
        guard case .restarting(let phase, let engine, let retrying) = stage else { return }
        queues[engine]?.add(retrying)
        work(phase)
    }

    // MARK: Stopping

    /// Sends nothing new and waits a while for responses in flight.
    mutating func stop() {
        isToStop = true
        guard case .working(let phase) = stage else { return }
        stage = .stopping(phase)
        act(.notify(.interrupting))
        act(.drain)
    }

    /// Responses that are being recorded have already arrived.
    mutating func cancelRunning() {
        let requests = queues.values.flatMap { Array($0.running) }.filter { arriving[$0] == nil }
        if !requests.isEmpty { act(.cancel(requests)) }
    }
}
