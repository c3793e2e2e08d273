import Checkpoints
import Decoding
import Foundation
import Graders
import JobSpecs
import RunStore
import Support

/// The data of all reports. Creating one starts and changes nothing.
package struct RunReport: Sendable {
    package let job: LoadedJob
    package let manifest: Manifest
    package let summary: Summary
    package let lines: [ResultLine]
    let timeline: Timeline
    /// Tokens of each step, by trajectory; empty for a report that is made while the run is graded.
    private(set) var stepTokens: [String: [Int]] = [:]
    /// Number of trajectories of the job.
    package let total: Int

    /// Number of finished trajectories, which the report covers.
    package var finished: Int { lines.count }

    /// - Parameters:
    ///   - results: the content of `results.jsonl`: a line per finished trajectory.
    ///   - lines: the same, decoded.
    ///   - records: the records of the journal.
    ///   - total: number of trajectories of the job.
    package init(
        job: LoadedJob, manifest: Manifest, summary: Summary, lines: [ResultLine], records: [JournalRecord],
        total: Int
    ) {
        self.job = job
        self.manifest = manifest
        self.summary = summary.covering(total, of: manifest.identity)
        self.lines = lines
        self.total = total
        timeline = Timeline(records, engines: JobEngines(job.spec))
    }
}

extension RunReport {
    /// Reports the finished trajectories of a run directory, also while it runs.
    ///
    /// - Throws: what ``StoredRun`` throws; ``RunIncomplete``.
    package init(_ directory: RunDirectory) throws {
        let run = try StoredRun(directory)
        try run.checkResultsAreKept()
        let written = try run.resultsOnDisk()
        let lines = written ?? run.finishedLines()
        // The grader of the lines already written; the others are graded below.
        let grader = written == nil ? nil : WrittenSummary(directory)?.grader
        guard (written == nil) == (grader == nil) else {
            throw DamagedRun(
                directory.summary, "is missing or damaged, and it records which grader graded results.jsonl",
                "Run `rsd-batch grade` to recreate both.")
        }
        self.init(
            job: run.job, manifest: run.manifest,
            summary: try Summary(
                spec: run.job.spec, models: run.modelSizes(), lines: lines, grader: grader ?? ExactGrader.id,
                run: run.figures),
            lines: lines, records: run.records, total: run.trajectories.count)
        for trajectory in run.trajectories { stepTokens[trajectory.id.description] = trajectory.response.stepTokens }
    }
}

extension ResultLine {
    /// Whether it agrees with the journal's trajectory, apart from the grade.
    fileprivate func tells(of trajectory: Trajectory) -> Bool {
        let response = trajectory.response
        return (text, finish, failure) == (response.text, response.finish, response.failure) && steps == response.steps
    }
}

extension StoredRun {
    /// The result of a finished trajectory, or what it would be now while the run is going on.
    ///
    /// - Throws: ``DamagedRun``.
    package func result(of id: TrajectoryID) throws(DamagedRun) -> ResultLine? {
        let name = id.description
        return try results().first { $0.id == name }
    }

    /// The same of all finished trajectories.
    ///
    /// - Throws: ``DamagedRun``.
    package func results() throws(DamagedRun) -> [ResultLine] { try resultsOnDisk() ?? finishedLines() }

    /// `results.jsonl` if it matches the current state of the run, which may have been regraded since it ended. nil if it is
    /// missing, was written by an earlier version with other fields, or before the last trajectory finished.
    ///
    /// - Throws: ``DamagedRun`` if it was changed, or belongs to another run than the journal.
    fileprivate func resultsOnDisk() throws(DamagedRun) -> [ResultLine]? {
        guard trajectories.finishedCount == trajectories.count, let data = try RunFile.contents(of: directory.results)
        else { return nil }
        func damaged(_ fault: String) -> DamagedRun {
            DamagedRun(directory.results, fault, "Run `rsd-batch grade` to recreate it.")
        }
        let texts = data.lines
        let lines = texts.parallelMap { try? JSONText.decode(ResultLine.self, from: $0) }.compactMap(\.self)
        guard lines.count == texts.count else {
            let isOfEarlierVersion = texts.allSatisfy { (try? JSONText.decode(EarlierLine.self, from: $0)) != nil }
            if isOfEarlierVersion { return nil }
            throw damaged("is damaged: it has unreadable lines")
        }
        guard lines.map(\.id) == trajectories.map(\.id.description) else { return nil }
        for (line, trajectory) in zip(lines, trajectories) where !line.tells(of: trajectory) {
            // It has been retried since.
            if line.finish == .failed { return nil }
            throw damaged("belongs to another run than the journal beside it, or is damaged (\(line.id))")
        }
        return lines
    }

    /// The fields that lines of every version have.
    private struct EarlierLine: Decodable {
        var id: String
        var text: String
    }

    /// While a run is going on, its answers are graded by what needs no other process.
    fileprivate func finishedLines() -> [ResultLine] {
        ResultLine.all(of: trajectories, grades: AnswerSheet(trajectories).exactGrades())
    }

    /// Sizes recorded by the run: the models may be gone by now.
    ///
    /// - Throws: ``RunIncomplete`` if an earlier version did not record them and the models are gone.
    package func modelSizes() throws(RunIncomplete) -> [Role: ModelSize] {
        let known = manifest.models ?? WrittenSummary(directory)?.models ?? [:]
        let needed = Set(job.spec.methods.flatMap { $0.kind.roles.flatMap(\.models) })
        var sizes: [Role: ModelSize] = [:]
        for (role, model) in job.spec.models where needed.contains(role) {
            sizes[role] = model.parameters.map { .given($0, for: role) } ?? known[role.rawValue]
            guard sizes[role] == nil else { continue }
            do throws(ModelFilesError) {
                sizes[role] = try ModelFiles(directory: model.model).size
            } catch {
                throw RunIncomplete(
                    directory, "FLOPs need the number of weights of the \(role.rawValue), but \(error)")
            }
        }
        return sizes
    }
}

/// The fields of `summary.json` that a run's other files lack.
private struct WrittenSummary: Decodable {
    var grader: String
    private var parameters: [String: Int]
    private var parametersFrom: [String: String]?

    private var parametersTotal: [String: Int]?

    var models: [String: ModelSize] {
        let roles = Set(parameters.keys).union((parametersFrom ?? [:]).keys)
        return Dictionary(
            uniqueKeysWithValues: roles.map { role in
                let size = ModelSize(
                    parameters: parameters[role], total: parametersTotal?[role] ?? parameters[role],
                    source: parametersFrom?[role] ?? "summary.json")
                return (role, size)
            })
    }

    private enum CodingKeys: String, CodingKey {
        case grader, parameters
        case parametersTotal = "parameters_total"
        case parametersFrom = "parameters_from"
    }

    /// nil if it is missing or unreadable.
    init?(_ directory: RunDirectory) {
        guard let data = try? RunFile.contents(of: directory.summary),
            let summary = try? JSONDecoder().decode(Self.self, from: data)
        else { return nil }
        self = summary
    }
}
