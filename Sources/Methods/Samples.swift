import Decoding
import SpecYAML

/// Whole solutions to one problem, written side by side by one model: what `majority` and `best_of_n` choose from.
struct Samples: Sendable {
    let role: Role
    let sampling: Sampling
    /// See ``CommonSettings/judgesEmptyEnd``.
    private let judgesEmptyEnd: Bool
    private(set) var responses: [Response]

    init(_ count: Int, by role: Role, sampling: Sampling, limits: Limits, judgesEmptyEnd: Bool = false) {
        self.role = role
        self.judgesEmptyEnd = judgesEmptyEnd
        self.sampling = sampling
        responses = Array(repeating: Response(limits: limits), count: count)
    }

    var areWritten: Bool { responses.allSatisfy { $0.finish != nil } }

    /// What is needed to write those that are not finished.
    var needs: [Need] {
        responses.indices.filter { responses[$0].finish == nil }.map { candidate in
            .generate(
                Generation(
                    role: role, steps: responses[candidate].steps.map(\.text), stopsAtDelimiter: false,
                    maxTokens: responses[candidate].remainingTokens, sampling: sampling, candidate: candidate))
        }
    }

    /// Takes in what one of them goes on with. All its tokens count as rejected until one is chosen.
    ///
    /// - Throws: ``UnexpectedEvent`` where it is not for one that is yet to be finished.
    mutating func take(_ answer: Generated, counting tokens: inout TokenCounts) throws {
        guard answer.role == role, responses.indices.contains(answer.candidate),
            responses[answer.candidate].finish == nil
        else { throw UnexpectedEvent(description: "no candidate waits for \(answer)") }
        let (kept, beyond) = responses[answer.candidate].commit(
            answer, origin: role, judgesEmptyEnd: judgesEmptyEnd)
        tokens[writer: role].prompt += answer.promptTokens
        tokens[writer: role].rejected += kept
        tokens[writer: role].lookahead += beyond
    }

    /// Rewards of the steps of one of them, nil for a step without one.
    mutating func setRewards(_ verdicts: [Int: Scored.Verdict], of candidate: Int) {
        for (step, verdict) in verdicts {
            responses[candidate].setReward(verdict.reward, dropped: verdict.dropped, ofStep: step)
        }
    }

    /// Makes one of them the response.
    ///
    /// - Parameter scores: what each was chosen by; empty where that is no number.
    func choose(_ chosen: Int, scores: [Double?] = [], for response: inout Response) {
        response.candidates = responses.enumerated().map { index, one in
            Candidate(
                text: one.text, finish: one.finish ?? .failed,
                rewards: one.steps.contains { $0.reward != nil } ? one.steps.map(\.reward) : [],
                score: scores.isEmpty ? nil : scores[index], chosen: index == chosen)
        }
        response.adopt(responses[chosen])
        response.tokens[writer: role].rejected -= response.keptTokens
        response.tokens[writer: role].kept += response.keptTokens
    }
}

/// The settings that methods share which draw several samples.
struct SampleSettings: Sendable {
    static let keys = ["n", "temperature", "top_p"]

    var n: Int
    var sampling: Sampling

    /// `n` must be given; the sampling is the paper's for methods of this kind unless it is (arXiv 2501.19324, section 4).
    init?(_ section: SpecSection) {
        let temperature = section.value("temperature", default: 0.7) {
            $0.number("more than 0: without chance all samples are the same", where: { $0 > 0 })
        }
        let topP = section.value("top_p", default: 0.8) { $0.number("in 0…1, and not 0", where: { $0 > 0 && $0 <= 1 }) }
        guard let n: Int = section.required("n")?.integer(in: 2...SpecLimit.requests) else { return nil }
        self.init(n: n, sampling: Sampling(temperature: temperature, topP: topP))
    }

    init(n: Int, sampling: Sampling) {
        self.n = n
        self.sampling = sampling
    }

    var yaml: [(key: String, value: String)] {
        [("n", String(n)), ("temperature", sampling.temperature.plain), ("top_p", sampling.topP.plain)]
    }
}

/// The models that write.
enum Writer: String, CaseIterable {
    case draft, target

    var role: Role { self == .draft ? .draft : .target }
}
