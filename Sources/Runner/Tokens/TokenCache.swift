import Logging
import Synchronization

/// What is known of a tokenizer, for all engines that have the same one. It outlives engines: a tokenizer does not change.
final class TokenCache: Sendable {
    /// Ids of texts and conversations, by digest: texts of a long run must not be held a second time.
    let ids = OnceOnly<UInt128, [Int32]>(limit: 32 << 20) { $0.count + 32 }
    /// The text of tokens together.
    let texts = OnceOnly<[Int], String>()
    /// The text of each token alone, by id. Tokens are numbered without gaps: a list is faster than a dictionary.
    private let pieces = Mutex<[String?]>([])
    let leads = OnceOnly<Int, TextLead>()
    private let state: Mutex<LocalTokenizer?>
    private let logger: Logger?

    /// - Parameters:
    ///   - local: nil if engines are asked about everything.
    ///   - logger: gets a line if `local` is found to be wrong.
    init(local: LocalTokenizer? = nil, logger: Logger? = nil) {
        state = Mutex(local)
        self.logger = logger
    }

    var local: LocalTokenizer? { state.withLock { $0 } }

    /// The text of each of these tokens alone; nil if not all are known.
    func pieces(of ids: some Sequence<Int>) -> [String]? {
        pieces.withLock { known in
            var pieces: [String] = []
            pieces.reserveCapacity(ids.underestimatedCount)
            for id in ids {
                guard known.indices.contains(id), let piece = known[id] else { return nil }
                pieces.append(piece)
            }
            return pieces
        }
    }

    /// - Parameter areLocal: whether they are the program's, which an engine may have contradicted meanwhile.
    func note(_ texts: [String], of ids: some Sequence<Int>, areLocal: Bool) {
        pieces.withLock { known in
            if areLocal, local == nil { return }
            for (id, text) in zip(ids, texts) where (0..<Self.mostPieces).contains(id) {
                if id >= known.count { known += Array(repeating: nil, count: id + 1 - known.count) }
                known[id] = text
            }
        }
    }

    private static let mostPieces = 1 << 20

    /// Engines are asked about everything from now on.
    func distrustLocal() {
        let isNews = state.withLock { local in
            defer { local = nil }
            return local != nil
        }
        guard isNews else { return }
        logger?.warning(
            "an engine tokenizes differently from its tokenizer.json; engines are asked for all tokens from here on")
        ids.forgetAll()
        texts.forgetAll()
        pieces.withLock { $0 = [] }
    }
}

/// Text prepended so that a tokenizer treats what follows as a continuation, with its token ids.
struct TextLead: Sendable, Hashable {
    var text: String
    var tokens: [Int]
}
