import Checkpoints
import Decoding
import Foundation
import JobSpecs
import RunStore
import Support

/// `summary.json`: the results of a run.
package struct Summary: Sendable, Equatable, Codable {
    package var job: String
    package var grader: String
    /// Weights per token of each model, by role; unknown ones are left out.
    package var parameters: [String: Int]
    /// All weights of each model, by role; for a mixture of experts, more than are active per token.
    package var parametersTotal: [String: Int]?
    /// The source of these numbers and what they count, by role, or why they are unknown.
    package var parametersFrom: [String: String] = [:]
    /// The formulas for FLOPs.
    package var flops = FlopsFormula()
    /// One row per method and data set, in the order of the spec.
    package var rows: [Row]
    package var run: RunFigures
    /// Methods whose steps are judged but whose answers, including long ones, contain no delimiter: each is a single step. nil if
    /// there are none.
    package var undivided: [String]?
    /// Number of trajectories of the job, finished or not, and the hash of its identity: a summary of another state of the run has
    /// others. nil in summaries of earlier versions.
    package private(set) var trajectories: Int?
    package private(set) var identity: String?

    private enum CodingKeys: String, CodingKey {
        case job, grader, parameters, flops, rows, run, undivided, trajectories, identity
        case parametersFrom = "parameters_from"
        case parametersTotal = "parameters_total"
    }

    package init(job: String, grader: String, parameters: [String: Int], rows: [Row], run: RunFigures) {
        self.job = job
        self.grader = grader
        self.parameters = parameters
        self.rows = rows
        self.run = run
    }
}

extension Summary {
    /// The same with the job that it covers.
    func covering(_ trajectories: Int, of identity: SpecIdentity) -> Summary {
        var summary = self
        (summary.trajectories, summary.identity) = (trajectories, identity.hash)
        return summary
    }

    /// A sentence about answers that `exact` could not decide, with the remedy; nil if it decided all.
    ///
    /// - Parameter run: the run directory, as the user would type it.
    package func undecidedNote(run: String = "RUN") -> String? {
        let count = rows.reduce(0) { $0 + $1.undecided }
        guard count > 0 else { return nil }
        let answers =
            count == 1
            ? "1 answer was not decided by exact and counts"
            : "\(NumberFormat.grouped(count)) answers were not decided by exact and count"
        return "\(answers) as wrong; regrade with math-verify: rsd-batch grade \(run) --with math-verify"
    }

    /// - Parameters:
    ///   - models: sizes of the models that the methods need.
    ///   - grader: name and version of the grader.
    ///   - lines: all finished trajectories, in the order of the results.
    package init(spec: JobSpec, models: [Role: ModelSize], lines: [ResultLine], grader: String, run: RunFigures) {
        job = spec.name
        self.grader = grader
        let byName = Dictionary(uniqueKeysWithValues: models.map { ($0.key.rawValue, $0.value) })
        parameters = byName.compactMapValues(\.parameters)
        let totals = byName.compactMapValues(\.total)
        parametersTotal = totals == parameters ? nil : totals
        parametersFrom = byName.mapValues(\.source)
        self.run = run
        let flops = Flops(parameters: models.compactMapValues(\.parameters))
        let names = spec.methods.filter { $0.kind.roles.contains(.prm) || $0.kind.settings.looksAhead }.map(\.name)
        let undivided = names.filter { name in Self.areUndivided(lines.filter { $0.method == name }) }
        self.undivided = undivided.isEmpty ? nil : undivided
        let groups = Dictionary(grouping: lines) { [$0.method, $0.dataset] }
        let fields = Dictionary(grouping: lines, by: \.dataset).mapValues(BreakdownFields.init)
        let baseline = spec.methods.first { $0.kind == .targetOnly }?.name
        rows = spec.methods.flatMap { method in
            spec.datasets.map { dataset in
                let lines = groups[[method.name, dataset.name]] ?? []
                var row = Row(
                    method: method.name, dataset: dataset.name, lines: lines, flops: flops,
                    streaming: run.streaming[RunFigures.Streaming.key(method.name, dataset.name)])
                row.sampling = spec.sampling(of: method)
                row.breakdowns = fields[dataset.name]?.breakdowns(of: lines)
                if let baseline, baseline != method.name {
                    row.paired = PairedComparison(
                        lines, against: groups[[baseline, dataset.name]] ?? [], named: baseline)
                }
                return row
            }
        }
        if let speculation = run.speculation { addSpeculation(speculation, flops, to: spec) }
    }

    /// Whether no answer was split into steps, though several are as long as one with steps would be.
    private static func areUndivided(_ lines: [ResultLine]) -> Bool {
        lines.allSatisfy { $0.steps.count < 2 } && lines.count { $0.text.utf8.count >= 200 } >= 3
    }

    /// Adds the FLOPs of a speculator, which the engine counts over all answers: each data set gets a share by its tokens.
    private mutating func addSpeculation(_ speculation: RunFigures.Speculation, _ flops: Flops, to spec: JobSpec) {
        let methods = Set(spec.methods.filter { $0.kind.roles.contains(.speculative) }.map(\.name))
        let places = rows.indices.filter { methods.contains(rows[$0].method) }
        let all = places.map { rows[$0].tokens.target.generated }.sum()
        for place in places where all > 0 {
            let part = Double(rows[place].tokens.target.generated) / Double(all)
            rows[place].addFlops(flops.speculation(speculation).map { part * $0 })
        }
    }
}

extension Summary {
    /// Sentences about FLOPs that are missing because the number of a model's weights is unknown.
    package var unknownSizes: [String] {
        Role.named.compactMap { role in
            guard parameters[role.rawValue] == nil, let source = parametersFrom[role.rawValue] else { return nil }
            return ModelSize(parameters: nil, source: source).fault(of: role)
        }
    }
}
