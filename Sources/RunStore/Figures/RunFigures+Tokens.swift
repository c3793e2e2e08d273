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

extension Event {
    /// Tokens of the request behind a response; none for other events.
    var requestTokens: RunFigures.Tokens {
        switch self {
        case .generated(let answer): .init(read: answer.promptTokens, written: answer.tokens.plus(answer.beyond ?? 0))
        case .scored(let answer): .init(read: answer.promptTokens.plus(answer.readAhead))
        case .likelihood(let answer): .init(read: answer.promptTokens)
        case .failed, .retried: .init()
        }
    }
}

extension RunFigures {
    /// Tokens that depend on how fast engines are, so that they are not part of a trajectory.
    package struct Streaming: Sendable, Equatable, Codable {
        /// Written by the draft after the steps that were taken, until it was stopped.
        @Counted package var beyond = 0
        /// Read by the PRM while the draft was still writing.
        @Counted package var readAhead = 0

        private enum CodingKeys: String, CodingKey {
            case beyond
            case readAhead = "read_ahead"
        }

        package init(beyond: Int = 0, readAhead: Int = 0) {
            self.beyond = beyond
            self.readAhead = readAhead
        }

        static func += (left: inout Self, right: Self) {
            left.beyond = min(Counted.most, left.beyond.plus(right.beyond))
            left.readAhead = min(Counted.most, left.readAhead.plus(right.readAhead))
        }

        package static func key(_ method: String, _ dataset: String) -> String { "\(method)/\(dataset)" }
    }
}

extension Event {
    /// nil for most.
    var streaming: RunFigures.Streaming? {
        switch self {
        case .generated(let answer): answer.beyond.map { .init(beyond: $0) }
        case .scored(let answer): answer.readAhead == 0 ? nil : .init(readAhead: answer.readAhead)
        case .likelihood, .failed, .retried: nil
        }
    }
}
