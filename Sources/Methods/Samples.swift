import Decoding
import SpecYAML

/// Whole solutions to one problem, written in parallel by one model: the candidates of `majority` and `best_of_n`.
struct Samples: Sendable {
    let role: Role
    let sampling: Sampling
    /// See ``CommonSettings/judgesEmptyEnd``.
    private let judgesEmptyEnd: Bool
    private(set) var responses: [Response]
    /// Number of unfinished ones.
    private var unwritten: Int

    init(_ count: Int, by role: Role, sampling: Sampling, limits: Limits, judgesEmptyEnd: Bool = false) {
        self.role = role
        self.judgesEmptyEnd = judgesEmptyEnd
        self.sampling = sampling
        responses = Array(repeating: Response(limits: limits), count: count)
        unwritten = count
    }

    var areWritten: Bool { unwritten == 0 }

    /// The needs of the unfinished samples.
    var needs: [Need] { responses.indices.compactMap(need) }

    /// nil if the sample is finished, or there is none.
    func need(_ candidate: Int) -> Need? {
        guard responses.indices.contains(candidate), responses[candidate].finish == nil else { return nil }
        return .generate(
            Generation(
                role: role, steps: responses[candidate].steps.map(\.text), stopsAtDelimiter: false,
                maxTokens: responses[candidate].remainingTokens, sampling: sampling, candidate: candidate))
    }

    /// Takes in a continuation of one sample. All its tokens count as rejected until a sample is chosen.
    ///
    /// - Throws: ``UnexpectedEvent`` if it does not belong to an unfinished sample.
    mutating func take(_ answer: Generated, counting tokens: inout TokenCounts) throws {
        guard answer.role == role, responses.indices.contains(answer.candidate),
            responses[answer.candidate].finish == nil
        else { throw UnexpectedEvent(description: "no candidate waits for \(answer)") }
        let (kept, beyond) = responses[answer.candidate].commit(
            answer, origin: role, judgesEmptyEnd: judgesEmptyEnd)
        if responses[answer.candidate].finish != nil { unwritten -= 1 }
        tokens[writer: role].prompt += answer.promptTokens
        tokens[writer: role].rejected += kept
        tokens[writer: role].lookahead += beyond
    }

    /// Sets the rewards of a sample's steps, nil for a step without one.
    mutating func setRewards(_ verdicts: [Int: Scored.Verdict], of candidate: Int) {
        for (step, verdict) in verdicts {
            responses[candidate].setReward(verdict.reward, dropped: verdict.dropped, ofStep: step)
        }
    }
}

/// Settings of methods that draw several samples.
struct SampleSettings: Sendable {
    static let keys = ["n", "temperature", "top_p"]

    var n: Int
    var sampling: Sampling

    /// `n` is required.
    ///
    /// - Parameters:
    ///   - least: the least `n`.
    ///   - standard: by default, the RSD paper's for such methods (arXiv 2501.19324, section 4).
    init?(
        _ section: SpecSection, atLeast least: Int = 2, standard: Sampling = Sampling(temperature: 0.7, topP: 0.8)
    ) {
        let temperature = section.value("temperature", default: standard.temperature) {
            $0.number("more than 0 (at 0, all samples are the same)", where: { $0 > 0 })
        }
        let topP = section.value("top_p", default: standard.topP) {
            $0.number("more than 0 and at most 1", where: { $0 > 0 && $0 <= 1 })
        }
        guard let n: Int = section.required("n")?.integer(in: least...SpecLimit.requests) else { return nil }
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

/// The models that write: the setting `model` of methods whose samples either may write.
enum Writer: String, CaseIterable {
    case draft, target

    static let key = "model"

    static func read(_ section: SpecSection) -> Writer {
        section.value(key, default: .draft) { $0.choice(of: Writer.self) }
    }

    var role: Role { self == .draft ? .draft : .target }
}
