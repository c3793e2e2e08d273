import Decoding
import Support

/// The PRM's verdicts on draft steps, counted.
package struct Acceptance: Sendable, Equatable, Codable {
    package var all = Share()
    /// In right answers, and in all others.
    package var right = Share()
    package var wrong = Share()
    /// By the step's position in its response, from the first.
    package var byStep: [Verdicts] = []

    /// Verdicts in steps and in draft tokens.
    package struct Share: Sendable, Equatable, Codable {
        package var steps = Verdicts()
        package var tokens = Verdicts()
    }

    private enum CodingKeys: String, CodingKey {
        case all, right, wrong
        case byStep = "by_step"
    }
}

extension Acceptance {
    /// Counts answers of methods that judge draft steps against a threshold; other methods' rewards are not verdicts.
    init(_ lines: [ResultLine]) {
        for line in lines {
            guard let verdicts = line.verdicts else { continue }
            let share = Share(
                steps: verdicts,
                tokens: Verdicts(accepted: line.tokens.draft.kept, rejected: line.tokens.draft.rejected))
            all += share
            if line.correct { right += share } else { wrong += share }
            for (index, step) in line.steps.enumerated() {
                if index == byStep.count { byStep.append(Verdicts()) }
                byStep[index] = byStep[index] + step.verdicts
            }
        }
    }
}

extension Acceptance.Share {
    static func += (left: inout Self, right: Self) {
        left.steps = left.steps + right.steps
        left.tokens = left.tokens + right.tokens
    }
}

extension Step {
    /// The verdicts on the way to this answer.
    fileprivate var verdicts: Verdicts {
        Verdicts(accepted: origin == .draft && reward != nil ? 1 : 0, rejected: rejected == nil ? 0 : 1)
    }
}

/// Encodes `accepted`, `rejected` and the accepted `share`.
extension Verdicts: Codable {
    private enum CodingKeys: String, CodingKey { case accepted, rejected, share }

    package init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            accepted: try object.decode(Counted.self, forKey: .accepted).wrappedValue,
            rejected: try object.decode(Counted.self, forKey: .rejected).wrappedValue)
    }

    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(accepted, forKey: .accepted)
        try object.encode(rejected, forKey: .rejected)
        try object.encode(acceptance, forKey: .share)
    }
}
