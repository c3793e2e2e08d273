@testable import Decoding
import Testing

@Suite("Token counts")
struct TokenCountsTests {
    @Test("the sum covers every count")
    func sum() {
        var counts = TokenCounts()
        counts.draft = TokenCounts.Written(kept: 1, rejected: 2, lookahead: 3, prompt: 4)
        counts.target = TokenCounts.Written(kept: 5, rejected: 6, lookahead: 7, prompt: 8)
        counts.prm = TokenCounts.Read(judged: 9, prompt: 10)
        var sum = counts
        sum += counts
        #expect(sum.draft == TokenCounts.Written(kept: 2, rejected: 4, lookahead: 6, prompt: 8))
        #expect(sum.target == TokenCounts.Written(kept: 10, rejected: 12, lookahead: 14, prompt: 16))
        #expect(sum.prm == TokenCounts.Read(judged: 18, prompt: 20))
    }

    @Test("the prompt is not generated")
    func prompt() {
        #expect(TokenCounts.Written(kept: 1, rejected: 2, lookahead: 3, prompt: 4).generated == 6)
    }

    @Test("draft and target tokens are told apart")
    func writers() {
        var counts = TokenCounts()
        counts[writer: .draft].kept = 1
        counts[writer: .target].kept = 2
        #expect(counts.draft.kept == 1)
        #expect(counts.target.kept == 2)
    }
}
