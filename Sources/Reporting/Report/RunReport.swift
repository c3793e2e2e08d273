import Checkpoints
import Decoding
import Foundation
import Graders
import JobSpecs
import RunStore

/// All that reports of a run are made from. Making one starts nothing and changes nothing.
package struct RunReport: Sendable {
    package let job: LoadedJob
    package let manifest: Manifest
    package let summary: Summary
    package let lines: [ResultLine]
    /// The same lines as `results.jsonl` has them, with fields that are none of ``ResultLine``'s.
    package let results: [Data]
    let timeline: Timeline
    /// Trajectories of the job, finished or not.
    package let total: Int

    /// Trajectories that are finished, and so are in the report.
    package var finished: Int { lines.count }

    /// - Parameters:
    ///   - results: the content of `results.jsonl`: a line for each finished trajectory.
    ///   - lines: the same, decoded.
    ///   - records: all that the journal holds.
    ///   - total: trajectories of the job.
    package init(
        job: LoadedJob, manifest: Manifest, summary: Summary, lines: [ResultLine], results: Data,
        records: [JournalRecord], total: Int
    ) {
        self.job = job
        self.manifest = manifest
        self.summary = summary
        self.lines = lines
        self.results = results.split(separator: UInt8(ascii: "\n"))
        self.total = total
        timeline = Timeline(records, engines: JobEngines(job.spec))
    }
}

extension RunReport {
    /// Of a run as its directory holds it, also while it goes on: of the trajectories that are finished.
    ///
    /// - Throws: what ``StoredRun`` throws; ``RunIncomplete``.
    package init(_ directory: RunDirectory) throws {
        let run = try StoredRun(directory)
        try run.checkResultsAreKept()
        let written = try run.resultsOnDisk()
        let lines = written?.lines ?? run.finishedLines()
        // Who judged the lines that are written; what is not yet is judged as below.
        let grader = written == nil ? nil : WrittenSummary(directory)?.grader
        guard (written == nil) == (grader == nil) else {
            throw DamagedRun(
                directory.summary, "is missing or damaged, and it says by whom results.jsonl was graded",
                "`rsd-batch grade` makes both again.")
        }
        self.init(
            job: run.job, manifest: run.manifest,
            summary: try Summary(
                spec: run.job.spec, models: run.modelSizes(), lines: lines, grader: grader ?? ExactGrader.id,
                run: run.figures),
            lines: lines, results: try written?.data ?? ResultLine.encode(lines), records: run.records,
            total: run.trajectories.count)
    }
}

extension ResultLine {
    /// Whether it says of a trajectory what the journal does, judgements apart, which are the grader's.
    fileprivate func tells(of trajectory: Trajectory) -> Bool {
        let response = trajectory.response
        return (text, finish, failure) == (response.text, response.finish, response.failure) && steps == response.steps
    }
}

extension StoredRun {
    /// What the results say of a finished trajectory, or would say now while the run goes on.
    ///
    /// - Throws: ``DamagedRun``.
    package func result(of id: TrajectoryID) throws(DamagedRun) -> ResultLine? {
        let name = id.description
        return (try resultsOnDisk()?.lines ?? finishedLines()).first { $0.id == name }
    }

    /// `results.jsonl` where it tells of this run as it stands: it may have been graded anew since the run ended. nil where
    /// it is not there, was written by an earlier version with other fields, or before the last trajectory was finished.
    ///
    /// - Throws: ``DamagedRun`` where it is not as it was written, or tells of another run than the journal.
    fileprivate func resultsOnDisk() throws(DamagedRun) -> (data: Data, lines: [ResultLine])? {
        guard trajectories.finishedCount == trajectories.count, let data = try RunFile.contents(of: directory.results)
        else { return nil }
        func damaged(_ fault: String) -> DamagedRun {
            DamagedRun(directory.results, fault, "`rsd-batch grade` makes it again.")
        }
        let texts = data.split(separator: UInt8(ascii: "\n"))
        let lines = Array(ResultLine.all(in: data))
        guard lines.count == texts.count else {
            let decoder = JSONDecoder()
            let isOfEarlierVersion = texts.allSatisfy { (try? decoder.decode(EarlierLine.self, from: $0)) != nil }
            if isOfEarlierVersion { return nil }
            throw damaged("is damaged: not every line of it can be read")
        }
        guard lines.map(\.id) == trajectories.map(\.id.description) else { return nil }
        for (line, trajectory) in zip(lines, trajectories) where !line.tells(of: trajectory) {
            // It was given another try since.
            if line.finish == .failed { return nil }
            throw damaged("tells of another run than the journal beside it, or is damaged (\(line.id))")
        }
        return (data, lines)
    }

    /// What every version's line has.
    private struct EarlierLine: Decodable {
        var id: String
        var text: String
    }

    /// While a run goes on, its answers are judged by what needs no other process.
    fileprivate func finishedLines() -> [ResultLine] {
        let grades = AnswerSheet(trajectories).exactGrades()
        return trajectories.compactMap { trajectory in
            trajectory.response.finish.map {
                ResultLine(
                    trajectory, finish: $0, gold: problem(of: trajectory.id)?.answer ?? "",
                    grade: grades[trajectory.id] ?? Grade(.empty))
            }
        }
    }

    /// As the run has written them down: the models may be elsewhere by now.
    ///
    /// - Throws: ``RunIncomplete`` where it has not, as earlier versions did not before the end, and they are elsewhere.
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
                    directory, "FLOPs are counted from the weights of the \(role.rawValue), and \(error)")
            }
        }
        return sizes
    }
}

/// What `summary.json` tells of a run that its other files do not.
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

    /// nil where it is not there, or cannot be read.
    init?(_ directory: RunDirectory) {
        guard let data = try? RunFile.contents(of: directory.summary),
            let summary = try? JSONDecoder().decode(Self.self, from: data)
        else { return nil }
        self = summary
    }
}
