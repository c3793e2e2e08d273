import Decoding
import Support

extension ThresholdEvidence {
    /// Of methods that differ only in their threshold.
    ///
    /// - Parameters:
    ///   - methods: their names, by threshold.
    ///   - target: the method in which the target works alone; nil if there is none.
    init(_ methods: [(threshold: Double, name: String)], in lines: [ResultLine], target: String?, _ flops: Flops) {
        let byMethod = Dictionary(grouping: lines, by: \.method).mapValues { $0.byAskedProblem }
        let tried = methods.map { byMethod[$0.name] ?? [:] }
        let alone = target.flatMap { byMethod[$0] } ?? [:]
        // Always in the same order, so that sums have the same last digits.
        let asked = (tried.first ?? [:]).keys.filter { key in tried.allSatisfy { $0[key] != nil } }.sorted()
        thresholds = methods.map(\.threshold)
        problems = asked.map { key in
            let answers = tried.map { $0[key] ?? [] }
            let costs = answers.compactMap { $0.costPerAnswer(flops) }
            return Problem(
                answers: answers.map { $0.map(\.correct) }, costs: costs.count == answers.count ? costs : nil,
                target: alone[key].flatMap { $0.costPerAnswer(flops) })
        }
    }

    /// Estimated costs at all thresholds from the rewards that a run at one threshold has seen: as though the draft's steps, their
    /// rewards and the length of a step that the target writes were the same at every threshold.
    ///
    /// - Returns: nil if no step was judged, or if more than the reward decided.
    init?(rewardsOf method: String, at threshold: Double, in lines: [ResultLine], target: String?, _ flops: Flops) {
        let own = lines.filter { $0.method == method }
        let judged = own.flatMap(\.judgedRewards)
        guard !judged.isEmpty, judged.allSatisfy({ $0.isAccepted == ($0.reward >= threshold) }) else { return nil }
        let draft = own.map(\.tokens.draft)
        let rewritten = judged.count { !$0.isAccepted }
        let tokensPerStep =
            rewritten > 0
            ? own.reduce(0) { $0 + Double($1.tokens.target.kept) } / Double(rewritten)
            : draft.reduce(0) { $0 + Double($1.kept + $1.rejected) } / Double(judged.count)
        var thousand = TokenCounts()
        thousand.target.kept = 1000
        let perStep = flops.paper(thousand).map { $0 / 1000 * tokensPerStep }
        let alone = target.map { name in lines.filter { $0.method == name }.byAskedProblem } ?? [:]
        thresholds = (0...100).map { Double($0) / 100 }
        let tried = thresholds
        problems = own.byAskedProblem.sorted { $0.key < $1.key }.map { key, lines in
            let count = Double(lines.count)
            let drafted = lines.map { line -> Double? in
                var tokens = line.tokens
                (tokens.target.kept, tokens.target.rejected) = (0, 0)
                return flops.paper(tokens)
            }
            let base = drafted.compactMap(\.self)
            let rewards = lines.flatMap(\.judgedRewards).map(\.reward)
            let costs = perStep.map { perStep in
                tried.map { tried in
                    (base.reduce(0, +) + perStep * Double(rewards.count { $0 < tried })) / count
                }
            }
            return Problem(
                answers: [], costs: base.count == lines.count ? costs : nil,
                target: alone[key].flatMap { $0.costPerAnswer(flops) })
        }
    }
}

extension ResultLine {
    /// The rewards of the steps that were judged against the threshold.
    var judgedRewards: [(reward: Double, isAccepted: Bool)] {
        steps.flatMap { step in
            (step.rejected.map { [($0.reward, false)] } ?? [])
                + (step.origin == .draft ? step.reward.map { [($0, true)] } ?? [] : [])
        }
    }
}

extension [ResultLine] {
    /// By data set and problem.
    fileprivate var byAskedProblem: [String: [ResultLine]] {
        Dictionary(grouping: self) { "\($0.dataset)/\($0.problem)" }
    }

    /// nil if a model's number of weights is unknown.
    fileprivate func costPerAnswer(_ flops: Flops) -> Double? {
        let costs = compactMap { flops.paper($0.tokens) }
        return isEmpty || costs.count < count ? nil : costs.mean
    }
}
