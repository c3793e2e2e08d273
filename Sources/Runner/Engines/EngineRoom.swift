import Decoding
import JobSpecs
import ModelLifecycle
import Support

/// Where a run's engines will live, before anything of theirs is up.
package protocol EngineSite: Sendable {
    /// What the engine says of its version; asked once, before anything starts.
    func version() async throws -> String
    /// Ends what an earlier run of this directory left behind.
    ///
    /// - Returns: how many engines were found.
    func sweep() async throws -> Int
    /// Looks what memory there is, now that nothing of this run holds any, and settles which models may be up together.
    func open() async throws -> any EngineRoom
    /// Leaves nothing up, not even what engines come from. May be called more than once.
    func close() async
}

extension EngineSite {
    package func close() async {}
}

/// A run's engines: which may be up together, and how to bring them up.
package protocol EngineRoom: Sendable {
    /// Groups of engines that may be up together, in the order that a wave visits them.
    var groups: [[EngineID]] { get }
    /// Why these, where it was left to the program to choose.
    var reason: String? { get }
    /// How many requests each engine is kept busy with.
    var requests: RequestsInFlight { get }
    /// Counts what the engines use; nil where that cannot be measured from here.
    var energy: EnergyMeter? { get }
    /// Makes a group the resident one, and returns once all of it is ready.
    ///
    /// - Parameter note: told of loads and swaps, now and in later restarts.
    func enter(_ group: [EngineID], note: @escaping EngineNoteTaker) async throws -> any Crew
    /// Told which group comes next, as far as can be known, once the resident one is at work; an empty one is none.
    func expect(_ group: [EngineID]) async
    /// Stops every engine.
    func leave() async throws
}

extension EngineRoom {
    func expect(_ group: [EngineID]) async {}
}

/// What happens to engines.
package enum EngineNote: Sendable, Equatable {
    case loading(engine: String)
    case loaded(engine: String, EngineStart)
    case woken(engine: String, TimeSpan)
    case swapped
}

package typealias EngineNoteTaker = @Sendable (EngineNote) async throws -> Void
