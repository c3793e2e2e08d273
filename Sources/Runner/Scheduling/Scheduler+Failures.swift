extension Scheduler {
    mutating func handle(_ failure: RequestFailure, of request: RequestFingerprint) {
        guard let engine = engine(running: request) else { return }
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

    /// Fails all who wait for an answer.
    mutating func giveUp(_ request: RequestFingerprint, reason: String) {
        // A trajectory may wait with several candidates, and fails once.
        for waiter in pending.waiters(for: request) where pending.isOpen(waiter) {
            guard let trajectory = trajectories[waiter.id] else { continue }
            pending.closeAll(of: waiter.id)
            // It does not fit where the trajectory has come to its end meanwhile.
            guard
                let entry = try? entries.add(.failed(reason: reason), to: trajectory, answering: nil, asked: nil)
            else { continue }
            act(.record(entry))
        }
    }

    // MARK: An engine in trouble

    /// All requests are taken back, those to engines that are well too.
    mutating func halt(for trouble: EngineTrouble) {
        guard case .working(let phase) = stage, queues[trouble.engine] != nil else { return }
        stage = .halting(phase, trouble)
        cancelRunning()
    }

    /// Restarts the engine in trouble; the others stay up, and what they were asked is asked again.
    mutating func recover(_ phase: SchedulerPhase, from trouble: EngineTrouble) {
        if isToStop { return end(phase, .stop) }
        act(.notify(.trouble(trouble)))
        let engine = trouble.engine
        guard queues[engine]?.engineDown(how: "\(trouble)") == true else {
            return end(phase, .giveUp(EngineUseless(engines: [engine], reason: "\(trouble), again and again")))
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

    // MARK: The wish to stop

    /// Nothing new is asked, and what is in flight may arrive for a while.
    mutating func stop() {
        isToStop = true
        guard case .working(let phase) = stage else { return }
        stage = .stopping(phase)
        act(.notify(.interrupting))
        act(.drain)
    }

    /// Answers that are being recorded have come already.
    mutating func cancelRunning() {
        let requests = queues.values.flatMap { Array($0.running) }.filter { arriving[$0] == nil }
        if !requests.isEmpty { act(.cancel(requests)) }
    }
}
