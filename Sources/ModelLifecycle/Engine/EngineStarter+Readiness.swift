import Foundation

/// When an engine is ready, and why it is not.
extension EngineStarter {
    func waitUntilReady(_ instance: EngineInstance) async throws {
        let clock = ContinuousClock()
        let silence = silenceLimit(of: instance)
        // What has its imports behind it is ready soon.
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
            // One that is well has loaded: its log is no sign of a start any more.
            if now != size, !saysThatItIsWell {
                size = now
                lastSign = clock.now
            }
            // With a log that says nothing, CPU time and the like would say little more: loading is read in the log.
            guard clock.now - lastSign < silence else {
                throw silent(instance, saysThatItIsWell: saysThatItIsWell)
            }
            if let status = try await instance.child.exit.wait(atMost: pause) { throw died(instance, status) }
            pause = min(pause * 3 / 2, longestPause)
        }
    }

    /// `/health` alone proves nothing: the port may have gone to another server. Ours knows our key and our name.
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
                reason: "the server there serves \(served.joined(separator: ", ")), not \(configuration.name)"
            )
        } catch let error as EngineAnswerError {
            if case .transport = error { return false }
            if case .engine = error { return false }
            if error.isTransient { return false }
            throw PortLost(reason: "the server there is not ours: \(error)")
        }
    }

    private func died(_ instance: EngineInstance, _ status: ExitStatus) -> any Error {
        let tail = instance.log.tail(hiding: instance.key)
        func error(_ code: EngineError.Code, _ why: String, isExplained: Bool = false) -> EngineError {
            var error = EngineError(
                code, engine: configuration.name, "its process ended with \(status) before it was ready" + why,
                exit: status, logPath: instance.log.path, logTail: dialect.tellingLines(of: tail))
            error.isExplained = isExplained
            return error
        }
        return switch dialect.explain(exit: status, logTail: tail) {
        case .portTaken: PortLost(reason: "the address was already in use")
        case .noMemory(let why): error(.noMemory, ": \(why)")
        case .because(let why): error(.diedDuringStart, ": \(why)", isExplained: true)
        case .said(let why): error(.diedDuringStart, ": \(why)")
        case nil: error(.diedDuringStart, "; its last words are below")
        }
    }

    private func silent(_ instance: EngineInstance, saysThatItIsWell: Bool) -> EngineError {
        EngineError(
            .silentDuringStart, engine: configuration.name,
            saysThatItIsWell
                ? "it says that it is well, and does not tell which model it serves"
                : "it was not ready and its log said nothing new for \(silenceLimit(of: instance)); "
                    + "raise the start limit if the model needs longer",
            logPath: instance.log.path, logTail: dialect.tellingLines(of: instance.log.tail(hiding: instance.key)))
    }

    /// A fork that hangs was forked at a wrong moment, and is better spawned than waited for.
    private func silenceLimit(of instance: EngineInstance) -> Duration {
        instance.kind == .warm ? min(configuration.startSilence, .seconds(180)) : configuration.startSilence
    }
}
