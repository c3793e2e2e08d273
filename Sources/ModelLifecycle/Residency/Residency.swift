import Support

/// Decides which engines are up, and when.
package protocol Residency: Actor {
    /// Which engines may be up together, in the order in which a wave visits them:
    /// `[["draft"], ["prm"], ["target"]]` where one fits on the GPU at a time.
    nonisolated var groups: [[String]] { get }

    /// Makes a group the resident one and returns its engines, ready, by name. Does nothing when it already is.
    ///
    /// - Throws: what ``Engine/start()`` and ``Engine/stop()`` throw; ``ResidencyError``.
    func activate(_ group: [String]) async throws -> [String: any EngineHandle]

    /// Starts one engine of the resident group anew, after it died or went wrong.
    func restart(_ name: String) async throws -> any EngineHandle

    /// Told which group comes after the resident one, as far as can be known: what its start needs may be readied meanwhile.
    /// Returns at once; nothing depends on it, and a wrong guess costs no more than the readying. An empty group is none.
    func expect(_ group: [String]) async

    /// Leaves nothing up. Runs to its end even when the calling task is cancelled.
    func deactivate() async throws

    var statistics: ResidencyStatistics { get async }
}

extension Residency {
    package func expect(_ group: [String]) async {}
}

/// What the comings and goings cost.
package struct ResidencyStatistics: Sendable, Hashable {
    /// How often an engine was stopped or put to sleep to make room for another.
    package var swaps = 0
    /// How often a process was started, in vain or not; of those that are started ahead of time, the ones that became ready.
    package var launches = 0
    /// The starts that became ready, by engine.
    package var starts: [String: [EngineStart]] = [:]
    /// From asleep to awake and well, by engine.
    package var wakings: [String: [TimeSpan]] = [:]

    package init() {}
}

/// A group that the residency does not know.
package struct ResidencyError: ProgramError, Hashable {
    package let description: String
    package var explanation: Explanation { Explanation("residency", .engine, description, remedy: nil) }
}

/// Lets one operation at a time through, in the order in which they came: an actor alone would let them interleave.
actor Turnstile {
    private var busy = false
    private var queue: [CheckedContinuation<Void, Never>] = []

    func enter() async {
        if !busy {
            busy = true
            return
        }
        await withCheckedContinuation { queue.append($0) }
    }

    func leave() {
        if queue.isEmpty {
            busy = false
        } else {
            queue.removeFirst().resume()
        }
    }
}
