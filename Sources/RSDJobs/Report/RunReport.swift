import Foundation

/// All that reports of a run are made from. Making one starts nothing and changes nothing.
public struct RunReport: Sendable {
    let job: LoadedJob
    let manifest: Manifest
    public let summary: Summary
    let lines: [ResultLine]
    /// The same lines as `results.jsonl` has them, with fields that are none of ``ResultLine``'s.
    let results: [Data]
    let timeline: Timeline
    /// Trajectories of the job, finished or not.
    public let total: Int

    /// Trajectories that are finished, and so are in the report.
    public var finished: Int { lines.count }

    /// - Parameters:
    ///   - results: the content of `results.jsonl`: a line for each finished trajectory.
    ///   - lines: the same, decoded.
    ///   - records: all that the journal holds.
    ///   - total: trajectories of the job.
    init(
        job: LoadedJob, manifest: Manifest, summary: Summary, lines: [ResultLine], results: Data,
        records: [JournalRecord], total: Int
    ) {
        self.job = job
        self.manifest = manifest
        self.summary = summary
        self.lines = lines
        self.results = results.split(separator: UInt8(ascii: "\n"))
        self.total = total
        timeline = Timeline(records)
    }
}

extension RunReport {
    /// Of a run as its directory holds it, also while it goes on: of the trajectories that are finished.
    ///
    /// - Throws: what ``RunArchive`` throws.
    public init(_ directory: RunDirectory) throws {
        let archive = try RunArchive(directory)
        guard let manifest = try Manifest.read(directory.manifest) else {
            throw NoRun(directory: directory.url.path)
        }
        let written = archive.resultsOnDisk()
        let lines = written?.lines ?? archive.finishedLines()
        self.init(
            job: archive.job, manifest: manifest,
            summary: Summary(
                spec: archive.job.spec, models: archive.modelSizes, lines: lines,
                grader: written == nil ? ExactGrader.id : archive.grader, run: archive.figures),
            lines: lines, results: try written?.data ?? ResultLine.encode(lines), records: archive.records,
            total: archive.trajectories.count)
    }
}

extension RunArchive {
    /// `results.jsonl` where it tells of this run as it stands: it may have been graded anew since the run ended. nil where
    /// it is not there, or a run goes on that once was finished.
    fileprivate func resultsOnDisk() -> (data: Data, lines: [ResultLine])? {
        guard roster.finishedCount == roster.ids.count,
            let data = FileManager.default.contents(atPath: directory.results.path)
        else { return nil }
        let decoder = JSONDecoder()
        let lines = data.split(separator: UInt8(ascii: "\n")).compactMap {
            try? decoder.decode(ResultLine.self, from: $0)
        }
        return lines.map(\.id) == roster.ids.map(\.description) ? (data, lines) : nil
    }

    /// While a run goes on, its answers are judged by what needs no other process.
    fileprivate func finishedLines() -> [ResultLine] {
        let grades = AnswerSheet(roster).exactGrades()
        return trajectories.compactMap { trajectory in
            trajectory.response.finish.map {
                ResultLine(
                    trajectory, finish: $0, gold: problem(of: trajectory.id)?.answer ?? "",
                    grade: grades[trajectory.id] ?? Grade(.empty))
            }
        }
    }

    /// Who judged the answers in `results.jsonl`.
    fileprivate var grader: String {
        struct Known: Decodable { var grader: String }
        return FileManager.default.contents(atPath: directory.summary.path)
            .flatMap { try? JSONDecoder().decode(Known.self, from: $0) }?.grader ?? ExactGrader.id
    }

    /// From `summary.json` where there is one: the models may be elsewhere by now.
    var modelSizes: [Role: ModelSize] {
        struct Known: Decodable {
            var parameters: [String: Int]
            var parameters_from: [String: String]?
        }
        let known = FileManager.default.contents(atPath: directory.summary.path)
            .flatMap { try? JSONDecoder().decode(Known.self, from: $0) }
        let needed = Set(job.spec.methods.flatMap { $0.kind.roles.flatMap(\.models) })
        var sizes: [Role: ModelSize] = [:]
        for role in needed {
            if let count = known?.parameters[role.rawValue] {
                sizes[role] = ModelSize(
                    parameters: count, source: known?.parameters_from?[role.rawValue] ?? "summary.json")
            } else if let model = job.spec.models[role], let files = try? ModelFiles(directory: model.model) {
                sizes[role] = ModelSize(files)
            }
        }
        return sizes
    }
}
