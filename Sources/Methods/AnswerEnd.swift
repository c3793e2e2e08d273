import Answers
import Decoding
import SpecYAML

/// `until`: where methods that go step by step end a solution.
enum AnswerEnd: String, CaseIterable {
    static let key = "until"

    /// With the step in which it has a boxed answer, or before that as any response.
    case answer
    /// As any response: where its model ends it, or at a limit.
    case eos

    init(_ section: SpecSection, default standard: AnswerEnd) {
        self = section.value(Self.key, default: standard) { $0.choice(of: Self.self, called: "value of '\(Self.key)'") }
    }
}

extension Response {
    /// Ends the response if its writer would go on although it has a boxed answer.
    mutating func endAtAnswer() {
        if finish == nil, AnswerExtraction.boxed(in: answerText) != nil { end(.answered) }
    }
}
