import Foundation
import JobSpecs
import ModelLifecycle
import RunStore
import Support
import Synchronization

/// The time left to a run: nothing begins that cannot end usefully.
final class TimeBudget: Sendable {
    private let deadline: Deadline?
    private let costs: Deadline.Costs
    /// Whether engines have to be started.
    let startsEngines: Bool
    private let times: Mutex<ArrivalTimes>

    /// - Parameter records: the journal of earlier processes.
    init(_ deadline: Deadline?, of engine: EngineSpec, records: [JournalRecord] = []) {
        self.deadline = deadline
        costs = engine.deadlineCosts
        startsEngines = engine.residency != .attach
        times = Mutex(ArrivalTimes(records))
    }

    func note(_ event: EngineEvent) { times.withLock { $0.note(event) } }

    /// - Parameter sleeps: whether engines sleep while others work.
    func arrivals(of engines: [EngineID], sleeps: Bool) -> ArrivalCosts {
        times.withLock { $0.costs(of: engines, sleeps: sleeps, unknown: costs.unknownLoad) }
    }

    /// - Parameters:
    ///   - engines: engines to start first; empty if they are up.
    ///   - anew: whether sleeping engines are restarted as well.
    /// - Throws: ``Interrupted``, with the reason, if nothing may begin any more.
    func check(bringingUp engines: [EngineID], anew: Bool = false) throws(Interrupted) {
        guard let deadline else { return }
        let names = startsEngines ? engines.map(\.name) : []
        let seconds = times.withLock { $0.seconds(names, anew: anew, unknown: costs.unknownLoad) }
        if let reason = deadline.refusal(now: Date(), bringingUp: names, arriving: seconds, costs) {
            throw Interrupted(reason: reason)
        }
    }
}
