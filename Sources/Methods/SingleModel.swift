import Decoding
import SpecYAML

/// One model writes the whole response: `draft_only`, `target_only` and `speculative`.
package struct SingleModel: DecodingMethod {
    package let role: Role

    package init(role: Role) {
        self.role = role
    }

    package func needs(for response: Response) -> [Need] {
        [
            .generate(
                Generation(
                    role: role, steps: response.steps.map(\.text), stopsAtDelimiter: false,
                    maxTokens: response.remainingTokens))
        ]
    }

    package mutating func apply(_ event: Event, to response: inout Response) throws {
        guard case .generated(let answer) = event, answer.role == role else {
            throw UnexpectedEvent(description: "expected text from \(role.rawValue), got \(event)")
        }
        response.waves += 1
        response.tokens[writer: role].prompt += answer.promptTokens
        let tokens = response.commit(answer, origin: role.models[0])
        response.tokens[writer: role].kept += tokens.kept
        response.tokens[writer: role].lookahead += tokens.beyond
    }
}

/// `draft_only`.
struct DraftOnly: MethodSettings {
    static let key = "draft_only"
    static let keys: [String] = []
    let roles: Set<Role> = [.draft]
    let yaml: [(key: String, value: String)] = []

    init() {}
    init?(_ section: SpecSection) {}

    func start(_ common: CommonSettings, draw: Draw) -> any DecodingMethod { SingleModel(role: .draft) }
}

/// `target_only`.
struct TargetOnly: MethodSettings {
    static let key = "target_only"
    static let keys: [String] = []
    let roles: Set<Role> = [.target]
    let yaml: [(key: String, value: String)] = []

    init() {}
    init?(_ section: SpecSection) {}

    func start(_ common: CommonSettings, draw: Draw) -> any DecodingMethod { SingleModel(role: .target) }
}
