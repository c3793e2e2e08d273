import Datasets
import Decoding
import Foundation
import JobSpecs
import OrderedCollections
import RunStore
import Support

/// The part of the page's data that is read before a trajectory is opened.
struct PageIndex: Encodable {
    struct Model: Encodable {
        var role: String
        var name: String
        var path: String
        var parameters: Int?
        var source: String?
    }

    struct Dataset: Encodable {
        var name: String
        var problems: Int
    }

    /// A field that trajectories can be filtered by.
    struct Field: Encodable {
        var name: String
        var values: [JSONValue]
    }

    var summary: Summary
    var job: String
    var spec: String
    var program: String
    var engine: String
    var host: String
    var created: String
    var residency: String?
    /// Set for a run of one shard.
    var shard: Shard?
    /// Set for a run merged from shards.
    var merged: Manifest.Merged?
    var batchInvariant: Bool?
    /// See ``Summary/cutAnswers``.
    var cutAnswers: [String]
    var models: [Model]
    var datasets: [Dataset]
    var methods: [String]
    /// The key of each method in a spec.
    let kinds: [String]
    var total: Int
    var timeline: Timeline
    let figures: AnswerFigures
    let sweeps: [ThresholdSweep]
    /// Those of the breakdowns.
    let fields: [Field]
    private(set) var problems: [Problem] = []
    private(set) var rows: [Row] = []
    /// Number of trajectories whose steps are in the page.
    var inFull = 0

    private let places: [String: [String: Int]]
    private let methodPlaces: [String: Int]

    private enum CodingKeys: String, CodingKey {
        case summary, job, spec, program, engine, host, created, residency, models, datasets, methods, kinds, total,
            timeline
        case figures, sweeps, fields, problems, rows, shard, merged
        case batchInvariant = "batch_invariant"
        case cutAnswers = "cut_answers"
        case inFull = "in_full"
    }

    init(_ report: RunReport) {
        let (spec, manifest) = (report.job.spec, report.manifest)
        summary = report.summary
        job = spec.name
        self.spec = spec.withoutSecrets.renderYAML()
        program = manifest.program
        engine = manifest.engine
        host = manifest.host
        created = manifest.created
        residency = manifest.residency
        shard = manifest.shard
        merged = manifest.merged
        batchInvariant = manifest.batchInvariant
        cutAnswers = report.summary.cutAnswers
        total = report.total
        timeline = report.timeline
        methods = spec.methods.map(\.name)
        kinds = spec.methods.map(\.kind.key)
        figures = AnswerFigures(report.lines, of: spec)
        sweeps = ThresholdSweep.all(in: spec.methods)
        models = Role.named.compactMap { role in
            spec.models[role].map {
                Model(
                    role: role.rawValue, name: $0.title.split(separator: "/").last.map(String.init) ?? $0.title,
                    path: $0.place,
                    parameters: report.summary.parameters[role.rawValue],
                    source: report.summary.parametersFrom[role.rawValue])
            }
        }
        datasets = spec.datasets.map { Dataset(name: $0.name, problems: report.job.problems[$0.name]?.count ?? 0) }
        fields = Self.fields(of: report.summary)
        var places: [String: [String: Int]] = [:]
        for (number, dataset) in spec.datasets.enumerated() {
            for problem in report.job.problems[dataset.name] ?? [] {
                places[dataset.name, default: [:]][problem.id] = problems.count
                problems.append(Problem(dataset: number, problem: problem))
            }
        }
        self.places = places
        methodPlaces = Dictionary(methods.enumerated().map { ($1, $0) }) { first, _ in first }
    }

    /// The job's problems: the first of each data set, then the second of each, and so on.
    var firstOfEachDatasetFirst: [Int] {
        var rank = Array(repeating: 0, count: datasets.count)
        let ranks = problems.map { problem in
            defer { rank[problem.dataset] += 1 }
            return rank[problem.dataset]
        }
        return problems.indices.sorted { (ranks[$0], $0) < (ranks[$1], $1) }
    }

    /// - Parameter number: the line's index in the results.
    mutating func add(_ line: ResultLine, number: Int) {
        guard let method = methodPlaces[line.method], let problem = places[line.dataset]?[line.problem] else { return }
        if problems[problem].values == nil { problems[problem].values = values(of: line) }
        var state: State = line.correct ? .right : []
        if line.cut { state.insert(.cut) }
        if line.finish == .failed { state.insert(.failed) }
        rows.append(
            Row(
                line: number, method: method, problem: problem, sample: line.sample, state: state,
                origins: String(line.steps.map(Self.letter(of:)))))
    }

    private static func fields(of summary: Summary) -> [Field] {
        var fields: OrderedDictionary<String, OrderedSet<JSONValue>> = [:]
        for breakdown in summary.rows.flatMap({ $0.breakdowns ?? [] }) {
            fields[breakdown.field, default: []].formUnion(breakdown.groups.map(\.value).filter { $0 != .null })
        }
        return fields.map { Field(name: $0.key, values: Array($0.value)) }
    }

    private func values(of line: ResultLine) -> [[Int]] {
        fields.enumerated().compactMap { number, field in
            line.meta?[field.name].flatMap(field.values.firstIndex(of:)).map { [number, $0] }
        }
    }
}
