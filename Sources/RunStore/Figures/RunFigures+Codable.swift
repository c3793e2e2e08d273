import ModelLifecycle

/// Fields that earlier versions did not write are empty, so that their `summary.json` can be read.
extension RunFigures {
    private enum CodingKeys: String, CodingKey {
        case waves, swaps, seconds, tokens, requests, speculation, streaming, joules
        case coldStarts = "cold_starts"
        case warmStarts = "warm_starts"
        case standbyStarts = "standby_starts"
    }

    package init(from decoder: any Decoder) throws {
        let run = try decoder.container(keyedBy: CodingKeys.self)
        func count(_ key: CodingKeys) throws -> Int { try run.decodeIfPresent(Int.self, forKey: key) ?? 0 }
        (waves, swaps) = (try count(.waves), try count(.swaps))
        (coldStarts, warmStarts) = (try count(.coldStarts), try count(.warmStarts))
        standbyStarts = try count(.standbyStarts)
        requests = try run.decodeIfPresent(Requests.self, forKey: .requests) ?? Requests()
        speculation = try run.decodeIfPresent(Speculation.self, forKey: .speculation)
        seconds = try run.decodeIfPresent(Seconds.self, forKey: .seconds) ?? Seconds()
        tokens = try run.decodeIfPresent([String: Tokens].self, forKey: .tokens) ?? [:]
        streaming = try run.decodeIfPresent([String: Streaming].self, forKey: .streaming) ?? [:]
        joules = try run.decodeIfPresent(Joules.self, forKey: .joules)
    }

    package func encode(to encoder: any Encoder) throws {
        var run = encoder.container(keyedBy: CodingKeys.self)
        try run.encode(waves, forKey: .waves)
        try run.encode(swaps, forKey: .swaps)
        try run.encode(coldStarts, forKey: .coldStarts)
        try run.encode(warmStarts, forKey: .warmStarts)
        if standbyStarts > 0 { try run.encode(standbyStarts, forKey: .standbyStarts) }
        try run.encode(requests, forKey: .requests)
        try run.encodeIfPresent(speculation, forKey: .speculation)
        try run.encode(seconds, forKey: .seconds)
        if !tokens.isEmpty { try run.encode(tokens, forKey: .tokens) }
        if !streaming.isEmpty { try run.encode(streaming, forKey: .streaming) }
        try run.encodeIfPresent(joules, forKey: .joules)
    }
}

extension RunFigures.Seconds {
    private enum CodingKeys: String, CodingKey {
        case loading, waking, working, busy, idle
        case loadingPhases = "loading_phases"
    }

    package init(from decoder: any Decoder) throws {
        let seconds = try decoder.container(keyedBy: CodingKeys.self)
        func times(_ key: CodingKeys) throws -> [String: Double] {
            try seconds.decodeIfPresent([String: Double].self, forKey: key) ?? [:]
        }
        (loading, waking, working) = (try times(.loading), try times(.waking), try times(.working))
        (busy, idle) = (try times(.busy), try times(.idle))
        loadingPhases = try seconds.decodeIfPresent([String: StartPhases].self, forKey: .loadingPhases) ?? [:]
    }

    package func encode(to encoder: any Encoder) throws {
        var seconds = encoder.container(keyedBy: CodingKeys.self)
        for (key, times) in [
            (CodingKeys.loading, loading), (.waking, waking), (.working, working), (.busy, busy), (.idle, idle),
        ] { try seconds.encode(times, forKey: key) }
        if !loadingPhases.isEmpty { try seconds.encode(loadingPhases, forKey: .loadingPhases) }
    }
}
