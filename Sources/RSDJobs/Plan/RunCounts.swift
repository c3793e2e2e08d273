import Decoding
import JobSpecs
import Reporting
import RunStore

/// What a run takes of its engines, in numbers that do not depend on their speed.
struct RunCounts: Sendable, Equatable {
    /// The most waves of any trajectory.
    var waves = 0
    /// Requests that engines answer.
    var asked = 0
    /// Answers that another trajectory's request gave.
    var shared = 0
    var starts: [EngineID: Int] = [:]
    var wakes: [EngineID: Int] = [:]
    /// Engines stopped or put to sleep so that another can work.
    var swaps = 0
    var work: [Role: Work] = [:]

    /// Of one model.
    struct Work: Sendable, Equatable {
        /// Tokens read as prompts.
        var read = 0
        /// Tokens written.
        var written = 0
        /// Tokens written by those answers for which, in each phase, the others would have to wait: the longest of each.
        var serial = 0

        static func + (left: Work, right: Work) -> Work {
            Work(
                read: left.read + right.read, written: left.written + right.written,
                serial: left.serial + right.serial)
        }
    }

    /// Adds an answer that an engine gave.
    mutating func add(_ answer: Event) {
        asked += 1
        switch answer {
        case .generated(let answer):
            work[answer.role, default: Work()].read += answer.promptTokens
            work[answer.role, default: Work()].written += answer.tokens
        case .scored(let answer): work[.prm, default: Work()].read += answer.promptTokens
        case .failed, .retried: break
        }
    }
}

extension RunCounts {
    /// What a run took.
    ///
    /// - Parameter records: all that its journal holds.
    init(records: [JournalRecord], waves: Int) {
        self.waves = waves
        for record in records {
            switch record {
            case .event(_, let event, let asked) where event.isAnswer:
                if asked == nil { shared += 1 } else { add(event) }
            case .load(let load): starts[EngineID(load.engine), default: 0] += 1
            case .wake(let engine, _, _): wakes[EngineID(engine), default: 0] += 1
            case .swap: swaps += 1
            case .begun, .event, .speculation, .phase, .shard: break
            }
        }
    }

    init(_ run: StoredRun) {
        self.init(records: run.records, waves: run.trajectories.waves)
    }
}
