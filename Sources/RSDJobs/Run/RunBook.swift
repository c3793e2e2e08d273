import Synchronization

/// The journal, and the figures that its records add up to: at the end nobody has to read it again.
final class RunBook: Sendable {
    let journal: Journal
    private let state: Mutex<RunFigures>

    /// - Parameter figures: of what the journal holds already.
    init(journal: Journal, figures: RunFigures) {
        self.journal = journal
        state = Mutex(figures)
    }

    /// Journals a record; returns when it is on the disk.
    func append(_ record: JournalRecord) async throws {
        try await journal.append(record)
        state.withLock { $0.add(record) }
    }

    func figures(waves: Int) -> RunFigures {
        var figures = state.withLock { $0 }
        figures.waves = waves
        return figures
    }
}
