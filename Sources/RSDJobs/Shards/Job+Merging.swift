import Foundation
import RunStore
import Support

extension Job {
    /// Merges the shards of a run: the directory above them becomes a run directory with all their work, is graded, and gets the
    /// results of the undivided job.
    ///
    /// - Parameters:
    ///   - partial: merges what is there; the report lists what is missing.
    ///   - waiting: called once, with the maximum number of seconds, while checking whether shards are in use.
    ///   - began: called with the grader's name, the number of finished trajectories, and the total.
    /// - Returns: the outcome, and what is missing.
    /// - Throws: ``ShardsUnfit``, ``NoShards``, ``ShardsMixed``, ``RunLocked``, or an error of
    ///   ``grade(_:with:interruption:began:)``. Nothing is written if shards are unfit.
    package static func merge(
        _ parent: RunDirectory, partial: Bool = false, interruption: Interruption,
        waiting: @escaping @Sendable (_ seconds: Double) -> Void = { _ in },
        began: (_ grader: String, _ finished: Int, _ total: Int) -> Void
    ) async throws -> (outcome: RunOutcome, missing: [ShardFault]) {
        let run = ShardedRun(parent)
        guard !run.present.isEmpty else { throw NoShards(directory: parent.url.path) }
        try parent.checkPlaces()
        let lock = try await interruption.cancelOnInterrupt { try await RunLock.take(parent.lock) }
        defer { lock.release() }
        if let manifest = try Manifest.read(parent.manifest), manifest.merged == nil {
            throw ShardsMixed(directory: parent.url.path, found: [])
        }
        let survey = try await interruption.cancelOnInterrupt { try await ShardSurvey(run, waiting: waiting) }
        guard survey.missing.isEmpty || partial && !survey.parts.isEmpty else {
            throw ShardsUnfit(run: run, faults: survey.missing)
        }
        try parent.create()
        try MergedRun(survey).write()
        let regrading = try await gradeLocked(parent, by: lock, with: nil, interruption: interruption, began: began)
        return (regrading.outcome, survey.missing)
    }
}

/// The content of the directory above the shards after merging.
struct MergedRun {
    let survey: ShardSurvey

    init(_ survey: ShardSurvey) {
        self.survey = survey
    }

    func write() throws {
        let parent = survey.run.parent
        try AtomicFile.write(Data(survey.job.spec.withoutSecrets.renderYAML().utf8), to: parent.job)
        try AtomicFile.write(try journal(), to: parent.journal)
        try manifest.write(to: parent.manifest)
    }

    /// The shards' journals one after the other, each after a record that names its shard.
    private func journal() throws -> Data {
        var journal = Data()
        for part in survey.parts {
            journal.append(try JournalLine.encode(.shard(part.shard)))
            let file = survey.run.directory(of: part.shard).journal
            guard part.journalLength > 0 else { continue }
            journal.append(try Data(contentsOf: file, options: .mappedIfSafe).prefix(part.journalLength))
        }
        return journal
    }

    private var manifest: Manifest {
        let manifests = survey.parts.map(\.manifest)
        var merged = manifests[0]
        merged.shard = nil
        merged.program = Self.united(manifests.map(\.program)) ?? ""
        merged.engine = Self.united(manifests.map(\.engine)) ?? ""
        merged.host = Self.united(manifests.map(\.host)) ?? ""
        merged.residency = Self.united(manifests.compactMap(\.residency))
        merged.created = manifests.map(\.created).min() ?? ""
        if manifests.contains(where: { $0.batchInvariant == false }) { merged.batchInvariant = false }
        // The spec of a task on Slurm has only the numbers; what they came from is in the submission.
        for taken in manifests.map(\.thresholds) + [survey.run.parent.submittedPins?.thresholds] {
            merged.note(taken ?? [])
        }
        merged.namesJournal = manifests.contains { $0.namesJournal == true } ? true : nil
        merged.merged = Manifest.Merged(shards: survey.count, missing: survey.missing.map(\.description))
        return merged
    }

    /// The distinct texts in order; nil if there are none.
    private static func united(_ texts: [String]) -> String? {
        var seen: Set<String> = []
        let different = texts.filter { seen.insert($0).inserted }
        return different.isEmpty ? nil : different.joined(separator: ", ")
    }
}
