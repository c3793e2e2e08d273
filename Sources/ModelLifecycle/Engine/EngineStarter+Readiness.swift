import Foundation

/// Decides when an engine is ready, and explains why it is not.
extension EngineStarter {
    func waitUntilReady(_ instance: EngineInstance) async throws {
        let clock = ContinuousClock()
        let silence = silenceLimit(of: instance)
        // A warm or standby process is ready soon, since its imports are done.
        let longestPause = Duration.milliseconds(instance.kind == .cold ? 250 : 50)
        var pause = Duration.milliseconds(10)
        var size = instance.log.size
        var lastSign = clock.now
        var saysThatItIsWell = false
        var reader = StartReader(instance.log, dialect)
        while true {
            try Task.checkCancellation()
            reader.look()
            if let status = instance.child.exit.value { throw died(instance, status) }
            if try await isReady(instance, &saysThatItIsWell) { return instance.started(reader) }
            let now = instance.log.size
            // A healthy server has loaded its model: from then on its log says nothing about the start.
            if now != size, !saysThatItIsWell {
                size = now
                lastSign = clock.now
            }
            // The log is the only sign of progress; CPU time would add little.
            guard clock.now - lastSign < silence else {
                throw silent(instance, saysThatItIsWell: saysThatItIsWell)
            }
            if let status = try await instance.child.exit.wait(atMost: pause) { throw died(instance, status) }
            pause = min(pause * 3 / 2, longestPause)
        }
    }

    /// `/health` alone proves nothing, since another server may have taken the port. Ours knows our key and our name.
    private func isReady(_ instance: EngineInstance, _ saysThatItIsWell: inout Bool) async throws -> Bool {
        var client = instance.client
        client.deadline = .seconds(5)
        client.retry = .never
        guard try await client.health() else { return false }
        saysThatItIsWell = true
        do {
            let served = try await client.models().map(\.id)
            if served.contains(configuration.name) { return true }
            throw PortLost(
                reason: "the server on that port serves \(served.joined(separator: ", ")), not \(configuration.name)"
            )
        } catch let error as EngineAnswerError {
            if case .transport = error { return false }
            if case .engine = error { return false }
            if error.isTransient { return false }
            throw PortLost(reason: "the server on that port is not ours: \(error)")
        }
    }

    private func died(_ instance: EngineInstance, _ status: ExitStatus) -> any Error {
        let tail = instance.log.tail(hiding: instance.key)
        func error(
            _ code: EngineError.Code, _ why: String, remedy: String? = nil, isExplained: Bool = false
        ) -> EngineError {
            var error = EngineError(
                code, engine: configuration.name, "its process ended with \(status) before it was ready" + why,
                remedy: remedy, exit: status, logPath: instance.log.path, logTail: dialect.tellingLines(of: tail))
            error.isExplained = isExplained
            return error
        }
        return switch dialect.explain(exit: status, logTail: tail) {
        case .portTaken: PortLost(reason: "the address was already in use")
        case .noMemory(let why, let remedy): error(.noMemory, ": \(why)", remedy: remedy)
        case .because(let why, let remedy):
            error(.diedDuringStart, ": \(why)", remedy: remedy, isExplained: true)
        case .said(let why): error(.diedDuringStart, ": \(why)")
        case nil: error(.diedDuringStart, "; the end of its log is below")
        }
    }

    private func silent(_ instance: EngineInstance, saysThatItIsWell: Bool) -> EngineError {
        EngineError(
            .silentDuringStart, engine: configuration.name,
            saysThatItIsWell
                ? "it reports that it is healthy, but not which model it serves"
                : "it was not ready, and its log had no new line for \(silenceLimit(of: instance))",
            remedy: saysThatItIsWell
                ? nil : "If the model takes longer to load, raise 'start_timeout' in the job's `engine` section.",
            logPath: instance.log.path, logTail: dialect.tellingLines(of: instance.log.tail(hiding: instance.key)))
    }

    /// A hung fork was probably forked at a bad moment: spawning it again is faster than waiting.
    private func silenceLimit(of instance: EngineInstance) -> Duration {
        instance.kind == .warm ? min(configuration.startSilence, .seconds(180)) : configuration.startSilence
    }
}
