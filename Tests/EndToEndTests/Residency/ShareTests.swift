import Foundation
import Testing

@testable import RSDJobs

/// All engines up at once, or in groups.
@Suite(.inSlots) struct ShareTests {
    @Test("with all engines up there are three starts, no swaps and the same bytes")
    func share() async throws {
        let job = try TestJob(JobSetup(engine: ["residency: share"]))
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(try await job.results() == job.reference())
        let figures = try job.summary().run
        #expect(figures.coldStarts == 3)
        #expect(figures.swaps == 0)
    }

    @Test("trajectories do not wait for each other: two engines are at work at the same time")
    func overlap() async throws {
        let job = try TestJob(
            JobSetup(problems: 0..<8, arguments: ["delay-ms: 20"], engine: ["residency: share", "concurrency: 2"]))
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(try Busy(job.records()).seconds(atLeast: 2) > 0)
    }

    @Test("models that fit together stay together: a wave costs two swaps")
    func groups() async throws {
        let job = try TestJob(JobSetup(engine: ["groups: [[draft, prm], [target]]"]))
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(try await job.results() == job.reference())
        var groups: [[String]] = []
        for case .phase(_, let engines, _) in try job.records() { groups.append(engines) }
        #expect(Set(groups) == [["draft", "prm"], ["target"]])
    }

    @Test("an engine that dies among others is started again, and the others stay")
    func deathOfOne() async throws {
        let job = try TestJob(
            JobSetup(faults: ["die-after=4"], faultsActOnce: true, engine: ["residency: share"]))
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(try await job.results() == job.reference())
        #expect(try job.engineStarts().count == 4)
    }
}

/// Which engines were at work when, from the times in a journal.
struct Busy {
    private var changes: [(time: Double, role: Role, change: Int)] = []

    init(_ records: [JournalRecord]) {
        for case .event(_, let event, let asked?) in records {
            guard let role = event.role else { continue }
            changes.append((asked.begin, role, 1))
            changes.append((asked.begin + asked.seconds, role, -1))
        }
        changes.sort { $0.time < $1.time }
    }

    /// Seconds in which so many engines or more had a request in flight.
    func seconds(atLeast count: Int) -> Double {
        var open: [Role: Int] = [:]
        var total = 0.0
        var last = 0.0
        for change in changes {
            if open.values.count(where: { $0 > 0 }) >= count { total += change.time - last }
            open[change.role, default: 0] += change.change
            last = change.time
        }
        return total
    }
}

extension Event {
    fileprivate var role: Role? {
        switch self {
        case .generated(let generated): generated.role
        case .scored: .prm
        case .failed, .retried: nil
        }
    }
}
