import Foundation
import Synchronization

/// Puts a streamed completion together, passes on its parts, and checks both as it would check a response that comes in
/// one piece.
final class CompletionStream: Sendable {
    static let path = "/v1/completions"

    private struct State {
        var reader = EventStreamReader()
        var assembly = CompletionAssembly()
        var failure: EngineAnswerError?
        /// Whether the receiver wants no more.
        var hasEnough = false
    }

    private let request: CompletionRequest
    private let receive: @Sendable (CompletionPart) -> CompletionPart.Progress
    private let state = Mutex(State())

    init(_ request: CompletionRequest, _ receive: @escaping @Sendable (CompletionPart) -> CompletionPart.Progress) {
        self.request = request
        self.receive = receive
    }

    /// Forgets what a failed attempt has brought.
    func begin() { state.withLock { $0 = State() } }

    /// Takes a piece of the body. Called by one thread at a time.
    func take(_ bytes: Data) -> HTTPReceipt {
        let part: CompletionPart? = state.withLock { state in
            do throws(EngineAnswerError) {
                return try state.assembly.add(state.reader.take(bytes), of: request)
            } catch {
                state.failure = error
                return nil
            }
        }
        // Without the lock: it may take a while.
        let wanted = part.map(receive) ?? .goOn
        return state.withLock { state in
            if wanted == .enough { state.hasEnough = true }
            guard state.failure == nil, !state.hasEnough else { return .enough }
            return .more(holding: state.reader.size + state.assembly.size)
        }
    }

    /// Whether the mark of the end has come.
    var hasEnded: Bool { state.withLock { $0.assembly.isWhole } }

    /// The completion, once the body has ended.
    ///
    /// - Throws: ``EngineAnswerError``, of a kind that is retried if the stream broke off.
    func completion(url: String) throws(EngineAnswerError) -> Completion {
        let state = state.withLock { $0 }
        if let failure = state.failure { throw failure }
        if let whole = try state.assembly.whole(of: request) { return whole }
        if state.hasEnough { return state.assembly.soFar(of: request) }
        throw .transport(.connectionLost(url: url, reason: "the stream ended early"))
    }

    /// What has arrived of the completion.
    ///
    /// - Throws: ``EngineAnswerError`` if that is invalid.
    func soFar() throws(EngineAnswerError) -> Completion {
        let state = state.withLock { $0 }
        if let failure = state.failure { throw failure }
        return try state.assembly.whole(of: request) ?? state.assembly.soFar(of: request)
    }
}
