/// One model writes the whole response: `draft_only` and `target_only`.
public struct SingleModel: DecodingMethod {
    public let role: Role

    public init(role: Role) {
        self.role = role
    }

    public func need(for response: Response) -> Need {
        .generate(
            Generation(
                role: role, steps: response.steps.map(\.text), stopsAtDelimiter: false,
                maxTokens: response.remainingTokens))
    }

    public mutating func apply(_ event: Event, to response: inout Response) throws {
        guard case .generated(let answer) = event, answer.role == role else {
            throw UnexpectedEvent(description: "\(role.rawValue) alone was asked to write; got \(event)")
        }
        response.waves += 1
        response.tokens[writer: role].prompt += answer.promptTokens
        for (index, step) in answer.steps.enumerated() {
            guard response.finish == nil else {
                response.tokens[writer: role].lookahead += step.tokens
                continue
            }
            let end = index == answer.steps.count - 1 ? answer.end : .delimiter
            response.tokens[writer: role].kept += step.tokens
            response.commit(Step(text: step.text, origin: role), tokens: step.tokens, end: end)
        }
    }
}
