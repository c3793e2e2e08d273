import Logging
import Synchronization

/// What is known of a tokenizer, for all engines that have the same one. It outlives engines: a tokenizer does not change.
final class TokenCache: Sendable {
    /// Ids of texts and conversations, by digest: texts of a long run must not be held a second time.
    let ids = OnceOnly<UInt128, [Int32]>(limit: 32 << 20) { $0.count + 32 }
    /// The text of tokens together.
    let texts = OnceOnly<[Int], String>()
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

    /// Engines are asked about everything from now on.
    func distrustLocal() async {
        let isNews = state.withLock { local in
            defer { local = nil }
            return local != nil
        }
        guard isNews else { return }
        logger?.warning(
            "an engine tokenizes differently from its tokenizer.json; engines are asked for all tokens from here on")
        await ids.forgetAll()
        await texts.forgetAll()
    }
}

/// Text prepended so that a tokenizer treats what follows as a continuation, with its token ids.
struct TextLead: Sendable, Hashable {
    var text: String
    var tokens: [Int]
}
