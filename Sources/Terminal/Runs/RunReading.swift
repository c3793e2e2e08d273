import Foundation
import JobSpecs
import Reporting
import RunStore
import Support

/// What a list of runs says of a run or a shard, read from its directory: from its summary where that is complete, and only
/// otherwise from its journal.
struct RunReading {
    var state: ListedRun.State
    var job: String?
    var created: String?
    var hosts: [String] = []
    var fault: String?
    var finished: Int?
    var total: Int?
    var failed = 0
    var rows: [MethodFigures] = []
    var seconds: Double?
    var joules: Double?

    init(_ directory: RunDirectory) {
        do {
            try self.init(readable: directory)
        } catch {
            self.init(fault: error)
            // What the manifest says may still help.
            let manifest = try? Manifest.read(directory.manifest)
            (job, created) = (manifest?.job, manifest?.created)
        }
    }

    init(fault: any Error) {
        state = .damaged
        let words = (fault as? any ProgramError)?.explanation.summary ?? "\(fault)"
        self.fault = words.split(separator: "\n").first.map(String.init)
    }

    private init(readable directory: RunDirectory) throws {
        let manifest = try Manifest.ofRun(in: directory)
        (job, created, state) = (manifest.job, manifest.created, .interrupted)
        if let (holder, silence) = LockInspector.now(directory.lock) {
            if silence <= holder.timeout {
                (state, hosts) = (.running, [holder.host])
            } else {
                fault = "no sign of life from \(holder) for \(NumberFormat.duration(silence))"
            }
        }
        let written = WrittenFigures(directory)
        if let written { take(written) }
        if let written, written.isComplete(for: manifest) {
            guard FileManager.default.fileExists(atPath: directory.journal.path) else {
                throw DamagedRun(directory.journal, "is missing, although the run has begun", "Restore it from a copy.")
            }
            (finished, total, failed) = (written.answers, written.answers, written.failed)
        } else {
            try replay(directory, written, manifest)
        }
        if state == .interrupted, fault == nil, let finished, finished == total {
            state = failed > 0 ? .failed : .finished
        }
    }

    private mutating func take(_ written: WrittenFigures) {
        rows = written.rows
        (seconds, joules) = (written.run.wholeSeconds, written.run.joules?.total)
    }

    private mutating func replay(
        _ directory: RunDirectory, _ written: WrittenFigures?, _ manifest: Manifest
    ) throws {
        do {
            let run = try StoredRun(directory)
            let figures = run.figures
            (finished, total) = (run.trajectories.finishedCount, run.trajectories.count)
            failed = run.trajectories.count { $0.response.finish == .failed }
            (seconds, joules) = (figures.wholeSeconds, figures.joules?.total)
        } catch let gone as RunIncomplete {
            // Nothing is wrong with the run: its data is elsewhere.
            total = written?.total(for: manifest) ?? manifest.identity.trajectoriesOfEarlierVersion
            fault = gone.errors.diagnostics.first?.message
        }
    }

    /// The shards of a run as one.
    ///
    /// - Parameter count: of all shards, begun or not.
    init(_ parts: [RunReading], of count: Int) {
        let states = Set(parts.map(\.state))
        let isComplete = parts.count == count
        // The first that any shard is in.
        let order: [ListedRun.State] = [.damaged, .running, .interrupted, .failed]
        state =
            (isComplete ? order : order.filter { $0 != .failed }).first(where: states.contains)
            ?? (isComplete ? .finished : .interrupted)
        job = parts.lazy.compactMap(\.job).first
        created = parts.compactMap(\.created).min()
        hosts = Set(parts.flatMap(\.hosts)).sorted()
        fault = parts.lazy.compactMap(\.fault).first
        func sum(_ values: [Int?]) -> Int? { values.contains(nil) ? nil : values.compactMap(\.self).reduce(0, +) }
        (finished, failed) = (sum(parts.map(\.finished)), parts.reduce(0) { $0 + $1.failed })
        total = isComplete ? sum(parts.map(\.total)) : nil
        rows = parts.flatMap(\.rows)
        let times = parts.compactMap(\.seconds)
        seconds = times.isEmpty ? nil : times.reduce(0, +)
        let energies = parts.compactMap(\.joules)
        joules = energies.count == parts.count && !energies.isEmpty ? energies.reduce(0, +) : nil
    }

    /// The accuracy of each method: the mean over the data sets that have answers.
    var methods: [ListedRun.Method] {
        var names: [String] = []
        for row in rows where !names.contains(row.method) { names.append(row.method) }
        return names.compactMap { name in
            let rows = rows.filter { $0.method == name && $0.total > 0 }
            guard !rows.isEmpty else { return nil }
            let accuracies = Dictionary(grouping: rows, by: \.dataset).values.map { rows in
                Double(rows.reduce(0) { $0 + $1.correct }) / Double(rows.reduce(0) { $0 + $1.total })
            }
            let flops = rows.map(\.flopsSpent)
            let spent = flops.contains(nil) ? nil : flops.compactMap(\.self).reduce(0, +)
            let answers = rows.reduce(0) { $0 + $1.total }
            return ListedRun.Method(
                method: name, accuracy: accuracies.reduce(0, +) / Double(accuracies.count),
                flopsSpent: spent.map { $0 / Double(answers) })
        }
    }
}
