@testable import Decoding
import Foundation
@testable import Reporting
@testable import Support
import Testing

@Suite("What is written as null")
struct NulledTests {
    private struct Fact: Codable, Equatable {
        @Nulled var answer: String?
        @Nulled var steps: [Step]?
        var reason: String?
    }

    private func read(_ json: String) throws -> Fact { try JSONDecoder().decode(Fact.self, from: Data(json.utf8)) }

    private func written(_ value: some Encodable) throws -> String {
        String(decoding: try JSONText.encode(value), as: UTF8.self)
    }

    @Test("nil is written as null, and an absent value is read as nil")
    func null() throws {
        #expect(try written(Fact()) == #"{"answer":null,"steps":null}"#)
        #expect(try read(#"{"answer":null,"steps":null}"#) == Fact())
        #expect(try read("{}") == Fact())
        var fact = Fact(reason: "so")
        fact.answer = "7"
        fact.steps = [Step(text: "a", origin: .draft)]
        #expect(
            try written(fact) == #"{"answer":"7","reason":"so","steps":[{"origin":"draft","reward":null,"text":"a"}]}"#)
        #expect(try read(written(fact)) == fact)
        #expect(throws: DecodingError.self) { try read(#"{"answer":7}"#) }
    }

    @Test("a row of the summary has every key, as earlier versions wrote it")
    func summaryRow() throws {
        let row = Summary.Row(method: "m", dataset: "d", lines: [], flops: Flops(parameters: [:]))
        let object = try JSONSerialization.jsonObject(with: JSONText.encode(row)) as? [String: Any]
        #expect(
            object?.keys.sorted() == [
                "acceptance", "acceptance_rate", "acceptance_rate_tokens", "accuracy", "accuracy_high", "accuracy_low",
                "correct", "dataset", "draft_alone", "finishes", "flops_paper", "flops_paper_per_answer",
                "flops_paper_per_problem", "flops_spent", "flops_spent_per_answer",
                "flops_spent_per_problem", "grades", "method", "paired", "problems", "target_step_share", "tokens",
                "total", "undecided", "waves",
            ])
        #expect(object?["accuracy"] is NSNull && object?["paired"] is NSNull && object?["total"] as? Int == 0)
        #expect(try JSONDecoder().decode(Summary.Row.self, from: JSONText.encode(row)) == row)
    }
}
