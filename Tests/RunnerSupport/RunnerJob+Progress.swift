import Foundation
import ModelLifecycle
import RunStore

extension RunnerJob {
    /// The engine that was started last, while it is not written down as stopped.
    package func presentEngine() -> LedgerStart? { present { !$0.isForkServer } }

    /// The process that engines are forked from, while it is not written down as stopped.
    package func presentForkServer() -> LedgerStart? { present(where: \.isForkServer) }

    private func present(where isMeant: (LedgerStart) -> Bool) -> LedgerStart? {
        guard let last = try? starts().last(where: isMeant), !last.isStopped, last.pid != nil else { return nil }
        return last
    }

    /// Answers that are in the journal, looked at without reading each: this is asked over and over.
    package var eventCount: Int {
        let text = (try? String(contentsOf: directory.journal, encoding: .utf8)) ?? ""
        return text.matches(of: /"kind":"(generated|scored)"/).count
    }

    /// Runs until so many answers are in the journal, and kills the runner.
    package func runAndKill(afterEvents count: Int) async throws -> Bool {
        let runner = try start()
        let isThere = await runner.reached { eventCount >= count }
        runner.send(9)
        return await runner.exitCode() == 137 && isThere
    }
}

extension JournalRecord {
    package func isLoad(of engine: String) -> Bool {
        if case .load(let load) = self { return load.engine == engine }
        return false
    }

    package var isFailure: Bool {
        if case .event(_, .failed, _) = self { return true }
        return false
    }
}
