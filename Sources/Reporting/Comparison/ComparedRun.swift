import Datasets
import Foundation
import JobSpecs
import RunStore
import Support

/// A run to compare with others.
package struct ComparedRun: Sendable {
    /// A problem as the run calls it.
    package struct ProblemName: Hashable, Sendable, CustomStringConvertible {
        package var dataset: String
        package var problem: String

        package var description: String { "\(dataset)/\(problem)" }
    }

    /// What tells a problem from another one, whatever it is called.
    struct Asked: Hashable, Sendable {
        /// SHA-256 of the whole question, choices included.
        var question: String
        /// The data set's answer, as it is spelled there.
        var gold: String
    }

    package let directory: RunDirectory
    /// As the user would type it.
    package let path: String
    package let manifest: Manifest
    package let settings: SpecSettings
    package let grader: String
    package let figures: [MethodFigures]
    package let run: RunFigures
    /// Number of trajectories that have finished, and of all.
    package let finished: Int
    package let total: Int
    /// What to know before its figures, in whole sentences.
    package let notes: [String]
    /// Whether each sample's answer is right, by method and problem.
    let answers: [String: [ProblemName: [Bool]]]
    /// All problems of the run, in the order of its data sets; of those whose question is not known, those with answers.
    let problems: [ProblemName]
    /// Of problems whose question is known.
    let asked: [ProblemName: Asked]
    /// The data sets' answers, as the results have them.
    let golds: [ProblemName: String]

    package var methods: [String] { manifest.identity.methods }
    package var datasets: [String] { manifest.identity.datasets }
}

extension ComparedRun {
    /// Reads a finished or unfinished run, as ``RunReport`` does. If files that its spec names are gone, as after a copy to another
    /// machine, reads its results as they were last written.
    ///
    /// - Throws: what ``RunReport/init(_:)`` throws.
    package init(path: String) throws {
        let directory = RunDirectory(URL(filePath: path))
        do {
            self.init(try RunReport(directory), in: directory, path: path)
        } catch let gone as RunIncomplete {
            guard let run = try ComparedRun(directory, path, without: gone) else { throw gone }
            self = run
        }
    }

    package init(_ report: RunReport, in directory: RunDirectory, path: String) {
        self.init(
            directory, path, report.manifest, settings: SpecSettings(yaml: report.job.spec.withoutSecrets.renderYAML()),
            grader: report.summary.grader, figures: report.summary.rows.map(MethodFigures.init),
            run: report.summary.run,
            total: report.total, notes: report.summary.cutAnswers,
            lines: report.lines.map(AnswerLine.init),
            problems: report.job.problems.values.joined().map(ProblemLine.init))
    }

    /// nil if there are no results.
    private init?(_ directory: RunDirectory, _ path: String, without gone: RunIncomplete) throws {
        let manifest = try Manifest.ofRun(in: directory)
        guard let written = WrittenFigures(directory), let data = try RunFile.contents(of: directory.results) else {
            return nil
        }
        let texts = data.lines
        let lines = texts.parallelMap { try? JSONText.decode(AnswerLine.self, from: $0) }.compactMap(\.self)
        guard lines.count == texts.count, lines.count == written.answers else {
            throw DamagedRun(
                directory.results, "is damaged, or of another state of the run than summary.json",
                "Restore the files that the run's job.yaml names, and run `rsd-batch grade` to recreate both.")
        }
        let reason = gone.errors.diagnostics.first?.message ?? "the files that its spec names are gone"
        let yaml = (try? RunFile.contents(of: directory.job)).flatMap { String(data: $0, encoding: .utf8) } ?? ""
        self.init(
            directory, path, manifest, settings: SpecSettings(yaml: yaml), grader: written.grader,
            figures: written.rows,
            run: written.run, total: written.total(for: manifest) ?? lines.count,
            notes: ["read from results.jsonl as last written, since \(reason)"],
            lines: lines, problems: ProblemLine.all(in: directory, of: manifest) ?? [])
    }

    private init(
        _ directory: RunDirectory, _ path: String, _ manifest: Manifest, settings: SpecSettings, grader: String,
        figures: [MethodFigures], run: RunFigures, total: Int, notes: [String], lines: [AnswerLine],
        problems: [ProblemLine]
    ) {
        (self.directory, self.path, self.manifest, self.settings) = (directory, path, manifest, settings)
        (self.grader, self.figures, self.run, self.total) = (grader, figures, run, total)
        finished = lines.count
        var answers: [String: [ProblemName: [Bool]]] = [:]
        var golds: [ProblemName: String] = [:]
        var order: [ProblemName] = []
        for line in problems {
            order.append(line.name)
            golds[line.name] = line.gold
        }
        for line in lines {
            answers[line.method, default: [:]][line.name, default: []].append(line.correct)
            if golds.updateValue(line.gold, forKey: line.name) == nil { order.append(line.name) }
        }
        // The answers that the results were graded by: the data set may have others by now.
        let known = golds
        let asked = problems.parallelMap { line in
            (line.name, Asked(question: SHA256.hex(line.question), gold: known[line.name] ?? line.gold))
        }
        self.asked = Dictionary(asked) { first, _ in first }
        (self.answers, self.golds, self.problems) = (answers, golds, order)
        let share = "\(NumberFormat.grouped(finished)) of \(NumberFormat.counted(total, "answer"))"
        let unfinished = "\(share) are finished; the figures cover these, which may be the easier ones"
        self.notes = (finished < total ? [unfinished] : []) + (manifest.merged?.missing ?? []) + notes
    }
}

/// What is read of a line of `results.jsonl` of any version.
private struct AnswerLine: Decodable, Sendable {
    var method: String
    var dataset: String
    var problem: String
    var gold: String
    var correct: Bool

    init(_ line: ResultLine) {
        (method, dataset, problem) = (line.method, line.dataset, line.problem)
        (gold, correct) = (line.gold, line.correct)
    }

    var name: ComparedRun.ProblemName { .init(dataset: dataset, problem: problem) }
}

extension ProblemLine {
    fileprivate var name: ComparedRun.ProblemName { .init(dataset: dataset, problem: problem) }
}
