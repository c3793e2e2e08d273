import Decoding
import Support

extension RunFigures {
    /// Tokens of the requests that were sent to one engine. A response that several trajectories share counts once.
    package struct Tokens: Sendable, Equatable, Codable {
        /// As prompts, over all requests; an engine may take a part of them from its prefix cache.
        @Counted package var read = 0
        @Counted package var written = 0

        package init(read: Int = 0, written: Int = 0) {
            self.read = read
            self.written = written
        }

        package static func + (left: Self, right: Self) -> Self {
            Self(
                read: min(Counted.most, left.read.plus(right.read)),
                written: min(Counted.most, left.written.plus(right.written)))
        }
    }
}

extension JournalRecord {
    /// Tokens of the request behind a response; none for other records.
    var requestTokens: RunFigures.Tokens {
        switch self {
        case .event(_, .generated(let answer), _): .init(read: answer.promptTokens, written: answer.tokens)
        case .event(_, .scored(let answer), _): .init(read: answer.promptTokens)
        default: .init()
        }
    }
}
