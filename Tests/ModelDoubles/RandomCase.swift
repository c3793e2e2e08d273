@testable import Decoding
@testable import Methods
import TestSupport

/// A random decoding: models, ω and limits, all from one number.
struct RandomCase: CustomStringConvertible {
    let seed: UInt64
    let weighting: Weighting
    let id: TrajectoryID
    private(set) var models: FakeModels
    private(set) var limits: Limits

    var draw: Draw { Draw(runSeed: seed, trajectory: id) }

    init(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let threshold = [0.7, 0.5, 0.9, 0, 1, Double.random(in: 0...1, using: &random)].randomElement(
            using: &random)
        let delta = threshold ?? 0.7

        self.seed = seed
        weighting =
            switch seed % 5 {
            case 0: .binaryStep(threshold: delta)
            case 1: .constant(p: Double.random(in: 0...1, using: &random))
            case 2: .clipping
            case 3: .sigmoidal
            default: .logistic(alpha: Double.random(in: 0...40, using: &random), threshold: delta)
            }
        id = TrajectoryID(method: "rsd", dataset: "random", problem: "\(seed)", sample: Int(seed % 3))
        models = FakeModels(seed: random.next())
        models.prompt = String(repeating: "?", count: Int.random(in: 0...4, using: &random))
        models.favouredRewards = [delta, delta, max(0, delta.nextDown), min(1, delta.nextUp)]
        models.endOdds = [6, 20, 40].randomElement(using: &random) ?? 20
        models.targetIsDraft = Int.random(in: 0..<6, using: &random) == 0
        switch Int.random(in: 0..<10, using: &random) {
        case 0:
            models.delimiter = "\n"
        case 1:
            models.delimiter = "</step>"
            models.vocabulary = ["a", "é", "\n\n", "</", "step>", "</step>", "</step>", ".</step>", "</step><"]
        case 2..<5: models.vocabulary += ["\n\n\n", "\n\nb", "\n\n\n\n"]
        default: break
        }
        models.judgesEmptyEnd = Bool.random(using: &random)
        limits = Limits(delimiter: models.delimiter, maxTokens: 60, maxSteps: 20)
        tighten(using: &random)
        if Int.random(in: 0..<4, using: &random) == 0 { limitCalls(using: &random) }
        if Int.random(in: 0..<2, using: &random) == 0 { tightenPRM(using: &random) }
    }

    func trajectory(lookahead: Lookahead) -> Trajectory {
        Trajectory(
            id: id, limits: limits,
            method: RewardGuided(
                weighting: weighting, lookahead: lookahead,
                judgesEmptyEnd: models.judgesEmptyEnd,
                draw: draw))
    }

    /// - Parameter words: tokens that the models then write too.
    mutating func think(_ thoughts: Thoughts, in words: [String]) {
        limits.thoughts = thoughts
        models.vocabulary += words
    }

    /// - Parameters:
    ///   - words: tokens that the models then write too.
    ///   - rewards: the usual ones.
    mutating func writesMarks(_ words: [String], rewards: [Double]) {
        models.vocabulary += words
        models.favouredRewards = rewards
        models.prmContext = 10_000
    }

    /// What the decoding comes to, one step at a time.
    func stepAtATime() -> (outcome: Outcome, last: WrittenStep) {
        decodeStepAtATime(models: models, weighting: weighting, draw: draw, limits: limits)
    }

    /// Puts limits where they hurt: inside the free decoding, at its delimiters, and one token to either side.
    private mutating func tighten(using random: inout SeededRandom) {
        let free = stepAtATime().outcome
        let texts = free.steps.map(\.text)
        let kind = Int.random(in: 0..<8, using: &random)
        if kind == 1 || kind == 7 {
            limits.tokens = .response(Int.random(in: 1...max(1, free.keptTokens), using: &random))
        }
        if kind == 2 {
            // Exactly at a delimiter: the tokens that the free decoding had kept when it had written some of its steps.
            limits.maxSteps = Int.random(in: 1...max(1, texts.count), using: &random)
            limits.tokens = .response(max(1, stepAtATime().outcome.keptTokens))
            limits.maxSteps = 20
        }
        if kind == 3 { limits.tokens = .response(max(1, free.keptTokens - 1)) }
        if kind == 4 || kind == 7 {
            limits.maxSteps = Int.random(in: 1...max(1, texts.count), using: &random)
        }
        if kind == 5 || kind == 6 || kind == 7 {
            let cut = texts.prefix(Int.random(in: 0...texts.count, using: &random)).joined().utf8.count
            let nudge = [0, 0, 0, -1, 1, 2].randomElement(using: &random) ?? 0
            let context = max(0, models.prompt.utf8.count + cut + nudge)
            if kind != 6 { models.draftContext = context }
            if kind != 5 { models.targetContext = context }
        }
    }

    /// Limits what one request may write, and the response where a step ends, as the authors' code does.
    private mutating func limitCalls(using random: inout SeededRandom) {
        let length = models.reader(after: stepAtATime().outcome.text).tokens
        let most = Bool.random(using: &random) ? length : min(length, 6)
        limits.tokens = .call(Int.random(in: 1...max(1, most), using: &random))
    }

    /// Ends the PRM's context inside the decoding, at its delimiters, and one token to either side.
    private mutating func tightenPRM(using random: inout SeededRandom) {
        models.overlong = Bool.random(using: &random) ? .window : .fail
        let texts = stepAtATime().outcome.steps.map(\.text)
        let cut = texts.prefix(Int.random(in: 0...texts.count, using: &random)).joined().utf8.count
        models.prmContext = max(0, models.prompt.utf8.count + cut + Int.random(in: -1...3, using: &random))
    }

    var description: String {
        """
        RandomCase(seed: \(seed)): \(weighting), \(limits), \
        contexts \(models.draftContext)/\(models.targetContext)/\(models.prmContext) (\(models.overlong)) from \(models.prompt.utf8.count)
        """
    }
}
