import Decoding
import JobSpecs
import Reporting
import RunStore

/// The work of a run's engines, in numbers that do not depend on their speed.
struct RunCounts: Sendable, Equatable {
    /// The largest number of waves of any trajectory.
    var waves = 0
    /// Requests sent to engines.
    var asked = 0
    /// Responses taken from another trajectory's request.
    var shared = 0
    var starts: [EngineID: Int] = [:]
    var wakes: [EngineID: Int] = [:]
    /// Engines stopped or put to sleep so that another can work.
    var swaps = 0
    var work: [Role: Work] = [:]
    /// In their order; empty for a run that was read.
    var byWave: [Wave] = []

    /// What happened in one wave, or in all from there on if engines no longer took turns.
    struct Wave: Sendable, Equatable {
        var number: Int
        /// Number of groups of engines that worked.
        var phases = 0
        /// Trajectories that needed its engines.
        var trajectories = 0
        var starts: [EngineID: Int] = [:]
        var wakes: [EngineID: Int] = [:]
    }

    /// The work of one model.
    struct Work: Sendable, Equatable {
        /// Tokens read as prompts.
        var read = 0
        /// Tokens written.
        var written = 0
        /// Tokens on the critical path: the longest response of each phase.
        var serial = 0

        static func + (left: Work, right: Work) -> Work {
            Work(
                read: left.read + right.read, written: left.written + right.written,
                serial: left.serial + right.serial)
        }
    }

    /// Adds a response from an engine.
    mutating func add(_ answer: Event) {
        asked += 1
        switch answer {
        case .generated(let answer):
            work[answer.role, default: Work()].read += answer.promptTokens
            work[answer.role, default: Work()].written += answer.tokens
        case .scored(let answer): work[answer.role, default: Work()].read += answer.promptTokens
        case .likelihood(let answer): work[answer.role, default: Work()].read += answer.promptTokens
        case .failed, .retried: break
        }
    }
}

extension RunCounts {
    /// The counts of a run.
    ///
    /// - Parameter records: the records of its journal.
    init(records: [JournalRecord], waves: Int) {
        self.waves = waves
        for record in records {
            switch record {
            case .event(_, let event, let origin) where event.isAnswer:
                if origin.asked == nil { shared += 1 } else { add(event) }
            case .load(let load): starts[EngineID(load.engine), default: 0] += 1
            case .wake(let engine, _, _): wakes[EngineID(engine), default: 0] += 1
            case .swap: swaps += 1
            case .begun, .grown, .source, .event, .speculation, .phase, .shard: break
            }
        }
    }

    init(_ run: StoredRun) {
        self.init(records: run.records, waves: run.trajectories.waves)
    }
}
