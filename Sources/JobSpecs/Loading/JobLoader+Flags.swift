import Foundation
import ModelLifecycle
import Support

/// What is known of the flags that a job's `args` may have.
package enum FlagKnowledge: Sendable {
    /// The job has no `args`, or starts no engine.
    case notNeeded
    case known(EngineFlags)
    /// The engine could not be asked, for this reason.
    case unknown(String)
}

extension JobLoader {
    /// Asks the engine of a job for its flags, if the job has any; ``load`` then checks them.
    ///
    /// A job may be checked where its engine is not installed, so that is no error.
    ///
    /// - Parameter willAsk: called with the engine's name before a query that takes seconds.
    /// - Throws: ``Interrupted``.
    package static func flags(
        of url: URL, settings: [String] = [], kinds: [EngineKind] = EngineKind.all,
        interruption: Interruption = Interruption(), willAsk: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> FlagKnowledge {
        guard let source = try? source(of: url),
            let job = decode(source, settings: settings, directory: directory(of: url), kinds: kinds).job,
            let engine = job.engine, job.flags.contains(where: { !$0.isEmpty })
        else { return .notNeeded }
        let environment = ProcessInfo.processInfo.environment.merging(engine.env) { $1 }
        do {
            let flags = try await interruption.cancelOnInterrupt {
                try await engine.kind.dialect(engine.venv).flags(environment: environment, willAsk: willAsk)
            }
            return flags.map(FlagKnowledge.known) ?? .unknown("\(engine.kind.title) did not list its flags")
        } catch let error as Interrupted {
            throw error
        } catch {
            return .unknown((error as? EngineError)?.message ?? "\(error)")
        }
    }
}
