import Decoding
import Foundation
import JobSpecs
import ModelLifecycle

extension ModelSession {
    /// How likely the model finds the last steps of a solution. Each step has the tokens that the model would have written it in,
    /// shown the steps before it.
    ///
    /// - Parameter endToken: the text of the token that ends the model's responses; nil if it is unknown: it is then left out.
    /// - Throws: ``PermanentFailure`` if they do not fit into its context.
    func likelihood(_ wanted: LikelihoodRequest, after prompt: ProblemPrompt, endToken: String? = nil) async throws
        -> Likelihood
    {
        var ids = try await tokens(of: prompt, steps: Array(wanted.steps[..<wanted.first]))
        var starts: [Int] = []
        for step in wanted.steps[wanted.first...] {
            starts.append(ids.count)
            ids += try await continuation(step)
        }
        if wanted.isEnded, let endToken {
            let end = try await tokens(of: endToken, addSpecialTokens: false)
            if end.count == 1 { ids += end }
        }
        // The engine writes a token, too.
        guard ids.count < contextLength else {
            throw PermanentFailure(
                reason: "the solution up to step \(wanted.steps.count) is too long for the \(wanted.role.rawValue), "
                    + "whose context holds \(contextLength) tokens")
        }
        let completion = try await client.complete(
            CompletionRequest(promptTokens: ids, maxTokens: 1, seed: 0, promptLogprobs: true))
        let logprobs = completion.promptLogprobs ?? []
        guard logprobs.count == ids.count - 1 else {
            throw MalformedResponse(
                description: "\(logprobs.count) log-probabilities of a prompt of \(ids.count) tokens")
        }
        let ends = starts.dropFirst() + [ids.count]
        return Likelihood(
            role: wanted.role,
            steps: zip(starts, ends).map { start, end in
                TokenLikelihoods(logprobs: logprobs[(start - 1)..<(end - 1)].map(\.logprob))
            }, promptTokens: ids.count, candidate: wanted.candidate)
    }
}

extension Detail {
    /// Number of likeliest tokens to ask for; nil for no probabilities.
    var likeliest: Int? {
        switch self {
        case .text: nil
        case .logprobs: 0
        // As many as engines return by default.
        case .spread: 20
        }
    }
}

extension Completion {
    /// nil where the response tells nothing.
    func likelihoods(_ detail: Detail) -> TokenLikelihoods? {
        guard detail > .text, let logprobs else { return nil }
        let tops = detail == .spread ? topLogprobs?.map { $0.values.sorted(by: >) } : nil
        return TokenLikelihoods(
            logprobs: logprobs.map(\.logprob), entropies: tops?.map { Float(entropy($0)) },
            margins: tops?.map { Float(margin($0)) })
    }

    private func entropy(_ logprobs: [Double]) -> Double {
        let probabilities = logprobs.map(exp)
        let total = probabilities.reduce(0, +)
        guard total > 0 else { return 0 }
        return probabilities.reduce(0) { sum, p in p > 0 ? sum - p / total * log(p / total) : sum }
    }

    private func margin(_ logprobs: [Double]) -> Double {
        let probabilities = logprobs.prefix(2).map(exp)
        return (probabilities.first ?? 0) - (probabilities.count > 1 ? probabilities[1] : 0)
    }
}

extension Double {
    /// As an engine computed it, without a negative zero and rounding above it.
    fileprivate var logprob: Float { Float(self < 0 ? self : 0) }
}

extension Generated {
    /// Gives each step those of its tokens.
    ///
    /// - Parameter likelihoods: of all tokens in order; those after the last step are left out.
    mutating func add(_ likelihoods: TokenLikelihoods?) {
        guard let likelihoods else { return }
        var start = 0
        for index in steps.indices {
            steps[index].likelihoods = likelihoods[start..<start + steps[index].tokens]
            start += steps[index].tokens
        }
    }
}

extension TokenLikelihoods {
    /// Those of some of the tokens.
    fileprivate subscript(range: Range<Int>) -> TokenLikelihoods {
        func part(_ values: [Float]) -> [Float] { Array(values[range.clamped(to: values.indices)]) }
        return TokenLikelihoods(
            logprobs: part(logprobs), entropies: entropies.map(part), margins: margins.map(part))
    }
}
