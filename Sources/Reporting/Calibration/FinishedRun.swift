import Decoding
import Foundation
import JobSpecs
import RunStore
import Support

/// What calibration reads of a finished run: methods, verdicts, rewards and tokens. Changes nothing.
struct FinishedRun: Sendable {
    let path: String
    let methods: [MethodSpec]
    let datasets: [String]
    let lines: [ResultLine]
    let flops: Flops

    /// If files that the run's spec names are gone, as after a copy to another machine, reads its results as they were last written.
    ///
    /// - Throws: ``CalibrationFault``, and what ``RunReport/init(_:)`` throws.
    init(path: String) throws {
        self.path = path
        let directory = RunDirectory(URL(filePath: path))
        let manifest = try Manifest.ofRun(in: directory)
        let (lines, total): ([ResultLine], Int)
        do {
            let report = try RunReport(directory)
            (methods, lines, total) = (report.job.spec.methods, report.lines, report.total)
            flops = Flops(parameters: Self.weights(report.summary.parameters))
        } catch let gone as RunIncomplete {
            let written = ResultLine.all(in: directory.resultsContent)
            let known = WrittenFigures(directory)
            guard let source = try? JobLoader.source(of: directory.job),
                let job = JobLoader.decode(source, directory: directory.url.path).job, let known
            else { throw gone }
            lines = Array(written)
            guard lines.count == known.answers else { throw gone }
            (methods, total) = (job.methods, known.total(for: manifest) ?? lines.count)
            flops = Flops(parameters: Self.weights((manifest.models ?? [:]).compactMapValues(\.parameters)))
        }
        datasets = manifest.identity.datasets
        self.lines = lines
        guard lines.count == total else {
            throw CalibrationFault(
                run: path,
                reason: "the run is unfinished (\(NumberFormat.grouped(lines.count)) of \(counted(total, "answer")))",
                remedy: "Resume it first: its unfinished answers may be those of the hardest problems.")
        }
    }

    private static func weights(_ byName: [String: Int]) -> [Role: Int] {
        Dictionary(uniqueKeysWithValues: Role.named.compactMap { role in byName[role.rawValue].map { (role, $0) } })
    }

    /// The method in which the target works alone; nil if there is none.
    var targetAlone: String? { methods.first { $0.kind == .targetOnly }?.name }

    /// The methods that differ only in their threshold: those of a name or of a key, or the only ones.
    ///
    /// - Throws: ``CalibrationFault`` if there are none, or several could be meant.
    func sweep(method: String?, kind: String?) throws(CalibrationFault) -> ThresholdSweep {
        let all = ThresholdSweep.groups(of: methods)
        guard !all.isEmpty else { throw fault("none of its methods has a threshold") }
        func key(_ sweep: ThresholdSweep) -> String? {
            methods.first { $0.name == sweep.points[0].method }?.kind.key
        }
        let known = all.flatMap { $0.points.map(\.method) }
        let found = all.filter { sweep in
            (kind == nil || key(sweep) == kind)
                && (method == nil || key(sweep) == method || sweep.points.contains { $0.method == method })
        }
        guard let first = found.first else {
            if let method {
                throw fault(
                    "it has no method with a threshold called \(quoted(method))"
                        + suggestion(for: method, among: known, listedAs: "it has"))
            }
            throw fault(
                "it has no \(kind ?? "method") with a threshold",
                "Its thresholds are of \(known.joined(separator: ", ")).")
        }
        guard found.count == 1 else {
            throw fault(
                "several of its methods have a threshold, with different settings: "
                    + found.map { "\($0.points[0].method) (\($0.settings))" }.joined(separator: "; "),
                "Name one of them: --method \(known[0]), or `method: \(known[0])` in a job.")
        }
        return first
    }

    /// - Throws: ``CalibrationFault`` if there is no such data set.
    func lines(of dataset: String?) throws(CalibrationFault) -> [ResultLine] {
        guard let dataset else { return lines }
        guard datasets.contains(dataset) else {
            throw fault(
                "it has no data set called \(quoted(dataset))"
                    + suggestion(for: dataset, among: datasets, listedAs: "it has"))
        }
        return lines.filter { $0.dataset == dataset }
    }

    func fault(_ reason: String, _ remedy: String? = nil) -> CalibrationFault {
        CalibrationFault(run: path, reason: reason, remedy: remedy)
    }
}
