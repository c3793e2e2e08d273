import Foundation
import JobSpecs
import ModelLifecycle
import RunStore
import Support
import Synchronization

/// What is left of a run's time: nothing begins that cannot end usefully.
final class TimeBudget: Sendable {
    private let deadline: Deadline?
    private let costs: Deadline.Costs
    /// Whether bringing engines up takes time.
    let startsEngines: Bool
    private let times: Mutex<ArrivalTimes>

    /// - Parameter records: of the journal that earlier processes left.
    init(_ deadline: Deadline?, of engine: EngineSpec, records: [JournalRecord] = []) {
        self.deadline = deadline
        costs = engine.deadlineCosts
        startsEngines = engine.residency != .attach
        times = Mutex(ArrivalTimes(records))
    }

    func note(_ event: EngineEvent) { times.withLock { $0.note(event) } }

    /// - Parameters:
    ///   - engines: those to be brought up first; none where they are up.
    ///   - anew: whether those that sleep are started anew as well.
    /// - Throws: ``Interrupted``, with the reason, where nothing is to begin any more.
    func check(bringingUp engines: [EngineID], anew: Bool = false) throws(Interrupted) {
        guard let deadline else { return }
        let names = startsEngines ? engines.map(\.name) : []
        let seconds = times.withLock { $0.seconds(names, anew: anew, unknown: costs.unknownLoad) }
        if let reason = deadline.refusal(now: Date(), bringingUp: names, arriving: seconds, costs) {
            throw Interrupted(reason: reason)
        }
    }
}
