@testable import Decoding

/// Meets the needs of trajectories as engines would.
struct FakeEngine {
    let models: FakeModels

    /// The event that answers a need, or nil where nothing is needed.
    func answer(_ need: Need?) -> Event? {
        switch need {
        case .generate(let generation): .generated(generate(generation))
        case .score(let scoring): score(scoring)
        case .likelihood(let wanted): .likelihood(.fake(wanted) { models.reader(after: $0).tokens })
        case nil: nil
        }
    }

    /// Answers until nothing is needed.
    ///
    /// - Returns: the events, as a journal would hold them.
    func finish(_ trajectory: inout Trajectory) throws -> [Event] {
        var events: [Event] = []
        while let event = answer(trajectory.needs.first) {
            guard events.count < 1_000 else { throw Runaway() }
            if case .generate(let generation) = trajectory.needs.first, generation.maxTokens < 1 {
                throw EmptyRequest()
            }
            try trajectory.apply(event)
            events.append(event)
        }
        return events
    }

    /// Writes on to the delimiter or to the end, and cuts what it wrote into steps.
    private func generate(_ generation: Generation) -> Generated {
        var reader = models.reader(after: generation.steps.joined())
        reader.beginStep()
        let promptTokens = reader.tokens
        var seam: Int?
        var steps: [StepText] = []
        var logprobs: [Float] = []
        var open = StepText(text: "", tokens: 0)
        var left = generation.maxTokens
        var end: StepEnd?
        while end == nil {
            let token = models.nextToken(of: generation.role, after: reader)
            let room = models.context(of: generation.role) - reader.bytes
            if left == 0 {
                end = .maxTokens
            } else if room < token?.utf8.count ?? 1 {
                end = .context
            } else {
                left -= 1
                logprobs.append(models.logprob(of: generation.role, after: reader))
                open.tokens += 1
                guard let token else {
                    end = .eos
                    continue
                }
                var begin = token.utf8.startIndex
                for place in reader.read(token) {
                    let stop = token.utf8.index(token.utf8.startIndex, offsetBy: place)
                    open.text += String(decoding: token.utf8[begin..<stop], as: UTF8.self)
                    begin = stop
                    steps.append(open)
                    open = StepText(text: "", tokens: 0)
                    if seam == nil, !generation.stopsAtDelimiter {
                        let shown = models.reader(after: generation.steps.joined() + steps.map(\.text).joined())
                        if begin < token.utf8.endIndex || shown.tokenHash != reader.tokenHash { seam = steps.count }
                    }
                    if generation.stopsAtDelimiter {
                        return Generated(
                            role: generation.role, steps: steps.detailed(logprobs, generation.detail), end: .delimiter,
                            promptTokens: promptTokens)
                    }
                }
                open.text += String(decoding: token.utf8[begin...], as: UTF8.self)
            }
        }
        // A limit that strikes right after a delimiter cut nothing: the text ended with the delimiter.
        if open.tokens > 0 || !open.text.isEmpty || steps.isEmpty {
            steps.append(open)
        } else {
            end = .delimiter
        }
        return Generated(
            role: generation.role, steps: steps.detailed(logprobs, generation.detail), end: end ?? .delimiter,
            promptTokens: promptTokens,
            seam: seam.flatMap { $0 < steps.count ? $0 : nil })
    }

    /// Reads as much of the solution as fits at once and notes the rewards that were asked for on the way; each further step
    /// is read again without the oldest ones, where that is wanted.
    private func score(_ scoring: Scoring) -> Event {
        var scored = Scored(role: scoring.role, rewards: [], tokens: [], promptTokens: 0)
        var once = 0
        for step in scoring.unscored {
            let readers = (0...(models.overlong == .window ? step : 0)).lazy.map { dropped in
                (dropped, models.listener(after: scoring.steps[dropped...step].joined()))
            }
            guard let (dropped, reader) = readers.first(where: { $0.1.bytes <= models.prmContext }) else {
                if step == scoring.undecided { return .failed(reason: "step \(step) is too long") }
                scored.overlong.append(step)
                continue
            }
            scored.rewards.append(models.reward(at: reader, isEmpty: scoring.steps[step].isEmpty))
            scored.tokens.append(models.scoredTokens(scoring.steps[step]))
            scored.dropped.append(dropped)
            if dropped == 0 { once = reader.bytes } else { scored.promptTokens += reader.bytes }
        }
        scored.promptTokens += once
        scored.isOnePass = scored.overlong.isEmpty && scored.dropped.allSatisfy { $0 == 0 }
        return .scored(scored)
    }
}

extension [StepText] {
    /// The steps with what is told of their tokens.
    fileprivate func detailed(_ logprobs: [Float], _ detail: Detail) -> [StepText] {
        guard detail > .text else { return self }
        var rest = logprobs[...]
        return map { step in
            var step = step
            let own = [Float](rest.prefix(step.tokens))
            rest = rest.dropFirst(step.tokens)
            step.likelihoods = TokenLikelihoods(
                logprobs: own, entropies: detail == .spread ? own.map { -$0 / 3 } : nil,
                margins: detail == .spread ? own.map { 1 + $0 / 4 } : nil)
            return step
        }
    }
}

/// A trajectory that does not come to its end.
struct Runaway: Error {}

/// A request for no tokens, which engines refuse.
struct EmptyRequest: Error {}
