import Decoding
import Foundation
import JobSpecs
import ModelLifecycle
import Support

/// One line of the journal.
package enum JournalRecord: Sendable, Equatable {
    /// The run that the journal belongs to. The first line, except in journals of earlier versions, which have none.
    case begun(RunIdentity)
    /// From here on, the run is that of a changed job.
    case grown(Growth)
    /// Another run that responses are taken from.
    case source(AnswerSource)
    /// An event of a trajectory, and where the response came from if it is one.
    case event(TrajectoryID, Event, AnswerOrigin = AnswerOrigin())
    case load(EngineLoad)
    /// A sleeping engine was woken: seconds until it had passed its canary. `begin` as in ``EngineLoad``.
    case wake(engine: String, seconds: Double, begin: Double? = nil)
    /// An engine was stopped or put to sleep so that another could work.
    case swap
    /// Tokens that a speculator proposed in a phase, and those that its model accepted.
    case speculation(engine: String, proposed: Int, accepted: Int)
    /// A phase ended: seconds of work without engine starts, and the energy if it was measured.
    case phase(wave: Int, engines: [String], seconds: Double, joules: PhaseEnergy? = nil)
    /// The records up to the next of this kind are those of this shard, which ran beside the others.
    case shard(Shard)

    package static func event(_ id: TrajectoryID, _ event: Event, asked: TimeSpan?) -> JournalRecord {
        .event(id, event, AnswerOrigin(asked: asked))
    }
}

extension JournalRecord: Codable {
    private enum Key: String, CodingKey {
        case kind, method, dataset, problem, sample
        case role, steps, end, prompt, seam, beyond
        case rewards, tokens, dropped, overlong
        case reason
        case engine, seconds, wave, engines, joules
        case begin, candidate, shared, proposed, accepted
        case shard, identity, rewound
        case request, from
        case limit = "max_tokens"
        case undecided, readings
        case readAhead = "read_ahead"
        case start, phases
    }

    private enum Kind: String, Codable {
        case begun, grown, source, generated, scored, likelihood, failed, retried, load, wake, swap, speculation, phase,
            shard
    }

    package init(from decoder: any Decoder) throws {
        let line = try decoder.container(keyedBy: Key.self)
        func trajectory() throws -> TrajectoryID {
            TrajectoryID(
                method: try line.decode(String.self, forKey: .method),
                dataset: try line.decode(String.self, forKey: .dataset),
                problem: try line.decode(String.self, forKey: .problem),
                sample: try line.decode(Int.self, forKey: .sample))
        }
        func count(_ key: Key) throws -> Int { try line.decode(Counted.self, forKey: key).wrappedValue }
        func origin() throws -> AnswerOrigin {
            AnswerOrigin(
                asked: try line.decodeIfPresent(Double.self, forKey: .begin).map {
                    TimeSpan(begin: $0, seconds: try line.decode(Double.self, forKey: .seconds))
                },
                request: try line.decodeIfPresent(String.self, forKey: .request).map {
                    RequestFingerprint(
                        digest: $0, maxTokens: try line.decodeIfPresent(Int.self, forKey: .limit),
                        undecided: try line.decodeIfPresent(Int.self, forKey: .undecided))
                },
                readings: try line.decodeIfPresent([ReadingKey].self, forKey: .readings) ?? [],
                source: try line.decodeIfPresent(Int.self, forKey: .from))
        }
        func identity() throws -> RunIdentity {
            RunIdentity(
                job: try line.decode(String.self, forKey: .identity),
                shard: try line.decodeIfPresent(Shard.self, forKey: .shard))
        }
        switch try line.decode(Kind.self, forKey: .kind) {
        case .begun:
            self = .begun(try identity())
        case .grown:
            self = .grown(
                Growth(
                    identity: try identity(),
                    rewound: try line.decodeIfPresent([Growth.Rewound].self, forKey: .rewound) ?? []))
        case .source:
            self = .source(try AnswerSource(from: decoder))
        case .generated:
            let generated = Generated(
                role: try line.decode(Role.self, forKey: .role),
                steps: try line.decode([StepText].self, forKey: .steps),
                end: try line.decode(StepEnd.self, forKey: .end),
                promptTokens: try count(.prompt),
                seam: try line.decodeIfPresent(Int.self, forKey: .seam),
                beyond: try line.decodeIfPresent(Counted.self, forKey: .beyond)?.wrappedValue,
                candidate: try line.decodeIfPresent(Int.self, forKey: .candidate) ?? 0)
            self = .event(try trajectory(), .generated(generated), try origin())
        case .scored:
            let scored = Scored(
                role: try line.decodeIfPresent(Role.self, forKey: .role) ?? .prm,
                rewards: try line.decode([Double].self, forKey: .rewards),
                tokens: try line.decode([Counted].self, forKey: .tokens).map(\.wrappedValue),
                promptTokens: try count(.prompt),
                dropped: try line.decodeIfPresent([Counted].self, forKey: .dropped)?.map(\.wrappedValue) ?? [],
                overlong: try line.decodeIfPresent([Int].self, forKey: .overlong) ?? [],
                isOnePass: line.contains(.readings),
                readAhead: try line.decodeIfPresent(Counted.self, forKey: .readAhead)?.wrappedValue ?? 0,
                candidate: try line.decodeIfPresent(Int.self, forKey: .candidate) ?? 0)
            self = .event(try trajectory(), .scored(scored), try origin())
        case .likelihood:
            let likelihood = Likelihood(
                role: try line.decode(Role.self, forKey: .role),
                steps: try line.decode([TokenLikelihoods].self, forKey: .steps),
                promptTokens: try count(.prompt),
                candidate: try line.decodeIfPresent(Int.self, forKey: .candidate) ?? 0)
            self = .event(try trajectory(), .likelihood(likelihood), try origin())
        case .failed:
            self = .event(try trajectory(), .failed(reason: try line.decode(String.self, forKey: .reason)))
        case .retried:
            self = .event(try trajectory(), .retried)
        case .load:
            self = .load(
                EngineLoad(
                    try line.decode(String.self, forKey: .engine),
                    seconds: try line.decode(Double.self, forKey: .seconds),
                    begin: try line.decodeIfPresent(Double.self, forKey: .begin),
                    // An unknown kind, of a later version, does not make the journal unreadable.
                    kind: try line.decodeIfPresent(String.self, forKey: .start).flatMap(EngineStart.Kind.init) ?? .cold,
                    phases: try line.decodeIfPresent(StartPhases.self, forKey: .phases)))
        case .wake:
            self = .wake(
                engine: try line.decode(String.self, forKey: .engine),
                seconds: try line.decode(Double.self, forKey: .seconds),
                begin: try line.decodeIfPresent(Double.self, forKey: .begin))
        case .swap:
            self = .swap
        case .speculation:
            self = .speculation(
                engine: try line.decode(String.self, forKey: .engine),
                proposed: try count(.proposed),
                accepted: try count(.accepted))
        case .phase:
            self = .phase(
                wave: try count(.wave),
                engines: try line.decode([String].self, forKey: .engines),
                seconds: try line.decode(Double.self, forKey: .seconds),
                joules: try line.decodeIfPresent(PhaseEnergy.self, forKey: .joules))
        case .shard:
            self = .shard(try line.decode(Shard.self, forKey: .shard))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var line = encoder.container(keyedBy: Key.self)
        switch self {
        case .begun(let identity):
            try line.encode(Kind.begun, forKey: .kind)
            try line.encode(identity.job, forKey: .identity)
            try line.encodeIfPresent(identity.shard, forKey: .shard)
        case .grown(let growth):
            try line.encode(Kind.grown, forKey: .kind)
            try line.encode(growth.identity.job, forKey: .identity)
            try line.encodeIfPresent(growth.identity.shard, forKey: .shard)
            if !growth.rewound.isEmpty { try line.encode(growth.rewound, forKey: .rewound) }
        case .source(let source):
            try line.encode(Kind.source, forKey: .kind)
            try source.encode(to: encoder)
        case .event(let id, let event, let origin):
            try line.encode(id.method, forKey: .method)
            try line.encode(id.dataset, forKey: .dataset)
            try line.encode(id.problem, forKey: .problem)
            try line.encode(id.sample, forKey: .sample)
            try Self.encode(event, to: &line)
            if event.candidate > 0 { try line.encode(event.candidate, forKey: .candidate) }
            if origin.asked == nil, event.isAnswer { try line.encode(true, forKey: .shared) }
            try line.encodeIfPresent(origin.source, forKey: .from)
            try line.encodeIfPresent(origin.request?.digest, forKey: .request)
            try line.encodeIfPresent(origin.request?.maxTokens, forKey: .limit)
            try line.encodeIfPresent(origin.request?.undecided, forKey: .undecided)
            if !origin.readings.isEmpty { try line.encode(origin.readings, forKey: .readings) }
            try line.encodeIfPresent(origin.asked?.begin, forKey: .begin)
            try line.encodeIfPresent(origin.asked?.seconds, forKey: .seconds)
        case .load(let load):
            try line.encode(Kind.load, forKey: .kind)
            try line.encode(load.engine, forKey: .engine)
            try line.encodeIfPresent(load.begin, forKey: .begin)
            try line.encode(load.seconds, forKey: .seconds)
            try line.encode(load.kind, forKey: .start)
            try line.encodeIfPresent(load.phases, forKey: .phases)
        case .wake(let engine, let seconds, let begin):
            try line.encode(Kind.wake, forKey: .kind)
            try line.encode(engine, forKey: .engine)
            try line.encodeIfPresent(begin, forKey: .begin)
            try line.encode(seconds, forKey: .seconds)
        case .swap:
            try line.encode(Kind.swap, forKey: .kind)
        case .speculation(let engine, let proposed, let accepted):
            try line.encode(Kind.speculation, forKey: .kind)
            try line.encode(engine, forKey: .engine)
            try line.encode(proposed, forKey: .proposed)
            try line.encode(accepted, forKey: .accepted)
        case .phase(let wave, let engines, let seconds, let joules):
            try line.encode(Kind.phase, forKey: .kind)
            try line.encode(wave, forKey: .wave)
            try line.encode(engines, forKey: .engines)
            try line.encode(seconds, forKey: .seconds)
            try line.encodeIfPresent(joules, forKey: .joules)
        case .shard(let shard):
            try line.encode(Kind.shard, forKey: .kind)
            try line.encode(shard, forKey: .shard)
        }
    }

    private static func encode(_ event: Event, to line: inout KeyedEncodingContainer<Key>) throws {
        switch event {
        case .generated(let generated):
            try line.encode(Kind.generated, forKey: .kind)
            try line.encode(generated.role, forKey: .role)
            try line.encode(generated.steps, forKey: .steps)
            try line.encode(generated.end, forKey: .end)
            try line.encode(generated.promptTokens, forKey: .prompt)
            try line.encodeIfPresent(generated.seam, forKey: .seam)
            try line.encodeIfPresent(generated.beyond, forKey: .beyond)
        case .scored(let scored):
            try line.encode(Kind.scored, forKey: .kind)
            if scored.role != .prm { try line.encode(scored.role, forKey: .role) }
            try line.encode(scored.rewards, forKey: .rewards)
            try line.encode(scored.tokens, forKey: .tokens)
            try line.encode(scored.promptTokens, forKey: .prompt)
            if !scored.dropped.isEmpty { try line.encode(scored.dropped, forKey: .dropped) }
            if !scored.overlong.isEmpty { try line.encode(scored.overlong, forKey: .overlong) }
            if scored.readAhead > 0 { try line.encode(scored.readAhead, forKey: .readAhead) }
        case .likelihood(let likelihood):
            try line.encode(Kind.likelihood, forKey: .kind)
            try line.encode(likelihood.role, forKey: .role)
            try line.encode(likelihood.steps, forKey: .steps)
            try line.encode(likelihood.promptTokens, forKey: .prompt)
        case .failed(let reason):
            try line.encode(Kind.failed, forKey: .kind)
            try line.encode(reason, forKey: .reason)
        case .retried:
            try line.encode(Kind.retried, forKey: .kind)
        }
    }
}
