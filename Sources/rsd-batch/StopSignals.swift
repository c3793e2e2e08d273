import Dispatch
import Foundation
import RSDJobs

/// Turns signals into the wish to stop: the first lets answers in flight arrive, the second does not wait.
final class StopSignals {
    private let sources: [any DispatchSourceSignal]

    private static let signals = [SIGTERM, SIGINT, SIGUSR1, SIGUSR2]

    /// Returns once a signal no longer kills the process.
    ///
    /// - Parameter heard: told the level that each signal raised the interruption to.
    init(_ interruption: Interruption, heard: @escaping @Sendable (Interruption.Level) -> Void) async {
        let queue = DispatchQueue(label: "signals")
        sources = Self.signals.map { DispatchSource.makeSignalSource(signal: $0, queue: queue) }
        for source in sources {
            source.setEventHandler {
                let level: Interruption.Level = interruption.level == .none ? .draining : .immediate
                interruption.raise(to: level)
                heard(level)
            }
            await withCheckedContinuation { continuation in
                source.setRegistrationHandler { continuation.resume() }
                source.resume()
            }
        }
    }

    deinit {
        for source in sources { source.cancel() }
    }
}
