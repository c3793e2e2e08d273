import Datasets
import Decoding
import JobSpecs
import RunStore

extension TrajectorySet {
    /// Replays the journal of a run whose job was changed, as far as its events hold in the new job.
    ///
    /// The run then goes on from where a run of the new job would be after the same responses.
    ///
    /// - Returns: the number of events that hold, and the trajectories with others.
    /// - Throws: ``ProblemChanged``.
    mutating func regrow(
        from records: [JournalRecord], changes: JobChanges, of job: LoadedJob, in scope: RequestScope
    ) throws(ProblemChanged) -> (events: Int, rewound: [Growth.Rewound]) {
        var events: [TrajectoryID: [(event: Event, origin: AnswerOrigin)]] = [:]
        for index in records.standing {
            guard case .event(let id, let event, let origin) = records[index] else { continue }
            events[id, default: []].append((event, origin))
        }
        let elsewhere = job.elsewhere
        var count = 0
        var rewound: [Growth.Rewound] = []
        // Data sets that may be others by the same name.
        var strange = Set(events.keys.filter(changes.isDoubtful).map(\.dataset))
        for (id, events) in events.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            guard var trajectory = self[id] else {
                // In a journal merged from shards, the events of the shard that has the problem now would follow these.
                // Later, nothing could tell what responses without names are to.
                let isNamed = events.allSatisfy { !$0.event.isAnswer || $0.origin.request != nil }
                if !isNamed || elsewhere.contains(id.problemName) { rewound.append(.init(id: id, kept: 0)) }
                continue
            }
            var kept = 0
            for (event, origin) in events {
                if event.isAnswer {
                    guard let need = trajectory.needs.first(where: event.answers) else { break }
                    let request = InferenceRequest(need, of: id, in: scope)
                    if kept == 0, changes.isDoubtful(id) {
                        guard request.all.contains(where: { origin.request?.digest == $0.digest }) else {
                            throw ProblemChanged(dataset: id.dataset, problem: id.problem)
                        }
                        strange.remove(id.dataset)
                    }
                    guard event.holds(for: request, from: origin, isLimitRaised: changes.raisesLimits) else { break }
                }
                guard (try? trajectory.apply(event)) != nil else { break }
                kept += 1
            }
            count += kept
            update([trajectory])
            if kept < events.count { rewound.append(.init(id: id, kept: kept)) }
        }
        if let dataset = strange.sorted().first { throw ProblemChanged(dataset: dataset) }
        return (count, rewound)
    }

    /// Takes every response that is known already.
    ///
    /// - Returns: the events, for the journal.
    mutating func serve(from responses: ResponseCache, in scope: RequestScope) -> [JournalRecord] {
        if responses.isEmpty { return [] }
        var served: [JournalRecord] = []
        for var trajectory in self where trajectory.response.finish == nil {
            while let record = trajectory.takeKnown(from: responses, in: scope) { served.append(record) }
            update([trajectory])
        }
        return served
    }
}

/// A problem that the run has worked on is another one in the changed job, or all problems of a data set are.
struct ProblemChanged: Error {
    var dataset: String
    var problem: String?

    /// nil if the difference of the jobs says it all.
    var change: SpecIdentity.Change? {
        problem.map {
            .init(key: "datasets.\(dataset).questions", old: "problem \($0)", new: "another problem \($0)")
        }
    }
}

extension Trajectory {
    fileprivate mutating func takeKnown(from responses: ResponseCache, in scope: RequestScope) -> JournalRecord? {
        for need in needs where !need.mayStopModel(in: scope.job) {
            let request = InferenceRequest(need, of: id, in: scope)
            guard let known = responses[request] else { continue }
            let event = known.event.answering(need)
            guard (try? apply(event)) != nil else { continue }
            return .event(id, event, request.origin(of: event, source: known.source, sent: known.request))
        }
        return nil
    }
}

extension Need {
    /// Whether the trajectory takes only as much of a solution as it needs, which the scheduler knows.
    fileprivate func mayStopModel(in job: JobSpec) -> Bool {
        guard case .generate(let wanted) = self, let lookahead = wanted.lookahead else { return false }
        return lookahead != .auto || job.mayStream
    }
}

extension Event {
    /// Whether it is the response to a request, and not only to one with a lower limit.
    fileprivate func holds(
        for request: InferenceRequest, from origin: AnswerOrigin, isLimitRaised: Bool
    ) -> Bool {
        guard let asked = origin.request else { return !(isLimitRaised && isCut) }
        return request.all.contains { answers($0, askedAs: asked) }
    }
}

extension LoadedJob {
    /// The problems of other shards.
    fileprivate var elsewhere: Set<ProblemName> {
        func names(_ problems: some Sequence<(key: String, value: [Problem])>) -> Set<ProblemName> {
            Set(problems.flatMap { name, problems in problems.map { ProblemName(dataset: name, problem: $0.id) } })
        }
        return shard == nil ? [] : names(allProblems.map { $0 }).subtracting(names(problems.map { $0 }))
    }
}
