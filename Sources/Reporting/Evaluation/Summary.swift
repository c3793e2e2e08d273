import Checkpoints
import Decoding
import Foundation
import JobSpecs
import RunStore
import Support

/// `summary.json`: what a run came to, as data.
package struct Summary: Sendable, Equatable, Codable {
    package var job: String
    package var grader: String
    /// Weights of each model that a token meets, by role; those that are not known are left out.
    package var parameters: [String: Int]
    /// All weights of each model, by role: of a mixture of experts more than a token meets.
    package var parametersTotal: [String: Int]?
    /// Where these numbers come from and what they count, by role, or why they are not known.
    package var parametersFrom: [String: String] = [:]
    /// How FLOPs are counted.
    package var flops = FlopsFormula()
    /// One for each method and data set, in the order of the spec.
    package var rows: [Row]
    package var run: RunFigures
    /// Methods whose steps are judged and whose answers, long ones among them, hold no delimiter: each is one step. nil where
    /// there is none.
    package var undivided: [String]?

    private enum CodingKeys: String, CodingKey {
        case job, grader, parameters, flops, rows, run, undivided
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
    /// A sentence on the answers that `exact` did not decide, and what does; nil where it decided all.
    ///
    /// - Parameter run: the run directory, as the user would type it.
    package func undecidedNote(run: String = "RUN") -> String? {
        let count = rows.reduce(0) { $0 + $1.undecided }
        guard count > 0 else { return nil }
        let answers =
            count == 1
            ? "1 answer was not decided by exact and counts"
            : "\(NumberFormat.grouped(count)) answers were not decided by exact and count"
        return "\(answers) as wrong; grade again with math-verify: rsd-batch grade \(run) --with math-verify"
    }

    /// - Parameters:
    ///   - models: of the parts that the methods need.
    ///   - grader: what it calls itself.
    ///   - lines: of all trajectories that are finished, in the order of the results.
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
        let names = spec.methods.filter { $0.kind.roles.contains(.prm) }.map(\.name)
        let undivided = names.filter { name in Self.areUndivided(lines.filter { $0.method == name }) }
        self.undivided = undivided.isEmpty ? nil : undivided
        let groups = Dictionary(grouping: lines) { [$0.method, $0.dataset] }
        let baseline = spec.methods.first { $0.kind == .targetOnly }?.name
        rows = spec.methods.flatMap { method in
            spec.datasets.map { dataset in
                let lines = groups[[method.name, dataset.name]] ?? []
                var row = Row(method: method.name, dataset: dataset.name, lines: lines, flops: flops)
                if let baseline, baseline != method.name {
                    row.paired = PairedComparison(
                        lines, against: groups[[baseline, dataset.name]] ?? [], named: baseline)
                }
                return row
            }
        }
        if let speculation = run.speculation { addSpeculation(speculation, flops, to: spec) }
    }

    /// Whether no answer was cut into steps, though several are as long as one that has some would be.
    private static func areUndivided(_ lines: [ResultLine]) -> Bool {
        lines.allSatisfy { $0.steps.count < 2 } && lines.count { $0.text.utf8.count >= 200 } >= 3
    }

    /// The engine counts what its speculator did over all answers together; each data set bears its part by its tokens.
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
    /// What is to be said where FLOPs are missing since a model's weights are not known, a sentence each.
    package var unknownSizes: [String] {
        Role.named.compactMap { role in
            guard parameters[role.rawValue] == nil, let source = parametersFrom[role.rawValue] else { return nil }
            return ModelSize(parameters: nil, source: source).fault(of: role)
        }
    }
}
