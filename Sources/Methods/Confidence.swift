import Decoding
import Foundation
import SpecYAML

/// `confidence`: as `rsd`, but the reward of a draft step is how sure the draft was of its own tokens. No PRM.
struct ConfidenceSettings: MethodSettings {
    static let key = "confidence"
    static let keys = ["by", "weighting", "threshold", "alpha"]

    let measure: Confidence
    let weighting: Weighting
    let roles: Set<Role> = [.draft, .target]
    let looksAhead = true
    let thresholdScale = ThresholdScale.confidence
    var details: [Role: Detail] { [.draft: measure.detail] }
    var drawsVerdicts: Bool { !weighting.isCertain }
    var yaml: [(key: String, value: String)] { [("by", measure.rawValue)] + weighting.yaml }

    init(measure: Confidence, weighting: Weighting) {
        (self.measure, self.weighting) = (measure, weighting)
    }

    /// The threshold has no default: what is sure enough depends on the model and the measure.
    init?(_ section: SpecSection) {
        let measure = section.value("by", default: Confidence.meanLogprob) { $0.choice(of: Confidence.self) }
        // The others are not functions of a confidence: one ignores it, and the other rejects half of what is certain.
        let weightings = [Weighting.Key.binaryStep, .clipping, .logistic].map { ($0.rawValue, $0) }
        if let field = section["weighting"] {
            guard let key = field.choice(among: weightings) else { return nil }
            if key.settings.contains("threshold"), section.required("threshold") == nil { return nil }
        } else if section.required("threshold") == nil {
            return nil
        }
        guard let weighting = Weighting(section) else { return nil }
        self.init(measure: measure, weighting: weighting)
    }

    func start(_ common: CommonSettings, draw: Draw) -> any DecodingMethod {
        ConfidenceGuided(measure: measure, weighting: weighting, lookahead: common.lookahead, draw: draw)
    }
}

/// How sure a model was of a step, made of what it says of the step's tokens: a number in 0…1.
enum Confidence: String, CaseIterable, Sendable {
    /// e^(mean log-probability): the geometric mean of the tokens' probabilities, 1 / perplexity.
    case meanLogprob = "mean_logprob"
    /// e^(least log-probability): the probability of the token that was least likely.
    case minLogprob = "min_logprob"
    /// e^(−mean entropy), of the likeliest tokens at each place: 1 / the number of tokens that it was as though it chose from.
    case entropy
    /// The mean of the likeliest token's probability minus that of the second.
    case margin

    var detail: Detail {
        switch self {
        case .meanLogprob, .minLogprob: .logprobs
        case .entropy, .margin: .spread
        }
    }

    /// nil without tokens, or if the likelihoods do not tell.
    func of(_ likelihoods: TokenLikelihoods) -> Double? {
        func mean(_ values: [Float]?) -> Double? {
            guard let values, !values.isEmpty else { return nil }
            return values.reduce(0) { $0 + Double($1) } / Double(values.count)
        }
        let value: Double? =
            switch self {
            case .meanLogprob: mean(likelihoods.logprobs).map(exp)
            case .minLogprob: likelihoods.logprobs.min().map { exp(Double($0)) }
            case .entropy: mean(likelihoods.entropies).map { exp(-$0) }
            case .margin: mean(likelihoods.margins)
            }
        return value.map { min(1, max(0, $0)) }
    }
}

/// ``RewardGuided`` with rewards that come with the draft's own response, so that nothing else has to be asked for a verdict.
///
/// A token's probability does not depend on what follows it, so the decisions are those of the step-at-a-time algorithm, whatever
/// the look-ahead. Steps of the target get no reward: the draft did not write them.
package struct ConfidenceGuided: DecodingMethod {
    private let measure: Confidence
    private var guided: RewardGuided
    /// Of the draft's steps, by their place in the response.
    private var confidences: [Int: Double] = [:]

    init(measure: Confidence, weighting: Weighting, lookahead: Lookahead, draw: Draw) {
        self.measure = measure
        // The token that ends a response is a token like others, so an end right after a delimiter can be judged.
        guided = RewardGuided(
            weighting: weighting, lookahead: lookahead, judgesEmptyEnd: true, judgesThoughts: true, draw: draw)
    }

    package func needs(for response: Response) -> [Need] {
        guided.needs(for: response).map { need in
            guard case .generate(var wanted) = need, wanted.role == .draft else { return need }
            wanted.detail = measure.detail
            // Such responses are not read while they are written.
            wanted.lookahead = nil
            return .generate(wanted)
        }
    }

    package mutating func apply(_ event: Event, to response: inout Response) throws {
        let need = guided.needs(for: response).first
        try guided.apply(event, to: &response)
        if case .generated(let answer) = event, answer.role == .draft, case .generate(let wanted)? = need {
            for (index, step) in answer.steps.enumerated() {
                confidences[wanted.steps.count + index] = step.likelihoods.flatMap(measure.of)
            }
        }
        guard response.finish == nil, case .score(let wanted)? = guided.needs(for: response).first else { return }
        try guided.apply(.scored(verdicts(on: wanted)), to: &response)
        confidences = [:]
    }

    /// - Throws: ``UnexpectedEvent`` if the draft's response did not tell how likely its tokens were.
    private func verdicts(on wanted: Scoring) throws -> Scored {
        var scored = Scored(rewards: [], tokens: [], promptTokens: 0)
        for step in wanted.unscored {
            if let confidence = confidences[step] {
                scored.rewards.append(confidence)
                scored.tokens.append(0)
            } else if step < wanted.undecided {
                scored.overlong.append(step)
            } else {
                throw UnexpectedEvent(
                    description: "the draft did not say how likely the tokens of step \(step) are")
            }
        }
        return scored
    }
}
