import RunStore
import Support

/// What `watch --json` prints and `serve` sends.
extension LiveRun: Encodable {
    private enum CodingKeys: String, CodingKey {
        case job, state, shard, holder, created, wave, phase, total, finished, failed, methods, engines, joules, swaps,
            starts
        case grader, shards
        case secondsLeft = "seconds_left"
    }

    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(job, forKey: .job)
        try object.encode(state, forKey: .state)
        try object.encodeIfPresent(shard, forKey: .shard)
        try object.encode(holder, forKey: .holder)
        try object.encode(created, forKey: .created)
        try object.encode(wave, forKey: .wave)
        try object.encode(phase, forKey: .phase)
        try object.encode(total, forKey: .total)
        try object.encode(finished, forKey: .finished)
        try object.encode(failed, forKey: .failed)
        try object.encode(secondsLeft, forKey: .secondsLeft)
        try object.encode(joules, forKey: .joules)
        try object.encode(swaps, forKey: .swaps)
        try object.encode(starts, forKey: .starts)
        try object.encode(grader, forKey: .grader)
        try object.encode(methods, forKey: .methods)
        try object.encode(engines, forKey: .engines)
        if !shards.isEmpty { try object.encode(shards, forKey: .shards) }
    }
}

extension LiveRun.Method: Encodable {
    private enum CodingKeys: String, CodingKey { case acceptance, graded, correct, accuracy }

    package func encode(to encoder: any Encoder) throws {
        try progress.encode(to: encoder)
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(progress.acceptance, forKey: .acceptance)
        try object.encode(graded, forKey: .graded)
        try object.encode(correct, forKey: .correct)
        try object.encode(accuracy, forKey: .accuracy)
    }
}

extension LiveRun.Engine: Encodable {
    private enum CodingKeys: String, CodingKey {
        case engine, requests, tokens, seconds
        case tokensPerSecond = "tokens_per_second"
    }

    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(engine, forKey: .engine)
        try object.encode(requests, forKey: .requests)
        try object.encode(tokens, forKey: .tokens)
        try object.encode(seconds, forKey: .seconds)
        try object.encode(tokensPerSecond, forKey: .tokensPerSecond)
    }
}

extension LiveRun.Part: Encodable {
    private enum CodingKeys: String, CodingKey { case shard, state, finished, total, fault }

    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(shard, forKey: .shard)
        try object.encode(run?.state, forKey: .state)
        try object.encode(run?.finished ?? 0, forKey: .finished)
        try object.encode(run?.total ?? 0, forKey: .total)
        try object.encodeIfPresent(fault, forKey: .fault)
    }
}
