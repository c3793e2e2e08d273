import Datasets
import Decoding
import Foundation
import JobSpecs
import Methods
import Support

extension RunReport {
    /// The run in the files that EleutherAI's lm-evaluation-harness writes with `--log_samples`: a directory per method with
    /// `results_<time>.json`, and for each data set `samples_<data set>_<time>.jsonl`
    /// (`lm_eval/loggers/evaluation_tracker.py`).
    ///
    /// - Returns: contents by path. The time is when the run began, so that the same run gives the same names.
    package func lmEvalFiles() throws -> [(path: String, content: Data)] {
        let stamp = manifest.created.replacing(":", with: "-").replacing("Z", with: "")
        var files: [(path: String, content: Data)] = []
        for method in job.spec.methods {
            var results = LMEvalResults(method: method.name, report: self)
            for dataset in job.spec.datasets {
                let samples = try lmEvalSamples(method: method, dataset: dataset)
                guard !samples.isEmpty else { continue }
                try results.add(samples, of: dataset, problems: job.problems[dataset.name]?.count ?? 0)
                if let figures = summary.rows.first(where: {
                    $0.method == method.name && $0.dataset == dataset.name
                })?.samples {
                    results.add(figures, of: dataset.name)
                }
                var content = Data()
                for sample in samples {
                    content.append(try JSONText.encode(sample))
                    content.append(UInt8(ascii: "\n"))
                }
                files.append(("\(method.name)/samples_\(dataset.name)_\(stamp).jsonl", content))
            }
            files.append(("\(method.name)/results_\(stamp).json", try JSONText.encode(results)))
        }
        return files
    }

    /// One sample per problem with an answer, in the order of the data set; `doc_id` is the problem's index in it.
    private func lmEvalSamples(method: MethodSpec, dataset: DatasetSpec) throws -> [LMEvalSample] {
        let answers = Dictionary(
            grouping: lines.filter { $0.method == method.name && $0.dataset == dataset.name }, by: \.problem)
        let settings = LMEvalSample.Settings(
            job.spec.sampling(of: method), maxTokens: job.spec.decoding.maxTokens)
        return try (job.problems[dataset.name] ?? []).enumerated().compactMap { place, problem in
            guard let lines = answers[problem.id] else { return nil }
            return try LMEvalSample(
                number: place, problem: problem, prompt: job.spec.prompt.asText(problem.question), lines: lines,
                settings: settings)
        }
    }
}

/// A line of a `samples_…` file.
struct LMEvalSample: Encodable {
    struct Doc: Encodable {
        var id, question, answer: String
        var meta: [String: JSONValue]?
    }
    struct Settings: Encodable {
        var until: [String] = []
        var do_sample: Bool
        var temperature: Double
        var top_p: Double
        var max_gen_toks: Int

        init(_ sampling: Sampling, maxTokens: Int) {
            do_sample = sampling.temperature > 0
            temperature = sampling.temperature
            top_p = sampling.topP
            max_gen_toks = maxTokens
        }
    }
    struct Arguments: Encodable {
        struct Call: Encodable {
            var arg_0: String
            var arg_1: Settings
        }
        var gen_args_0: Call
    }

    var doc_id: Int
    var doc: Doc
    var target: String
    var arguments: Arguments
    /// All samples of the problem.
    var resps: [[String]]
    /// Their final answers; empty strings for missing ones.
    var filtered_resps: [String]
    var filter = "none"
    var metrics = ["exact_match"]
    var doc_hash: String
    var prompt_hash: String
    var target_hash: String
    /// The mean over the samples.
    var exact_match: Double

    init(number: Int, problem: Problem, prompt: String, lines: [ResultLine], settings: Settings) throws {
        doc_id = number
        doc = Doc(id: problem.id, question: problem.question, answer: problem.answer, meta: lines[0].meta)
        target = problem.answer
        arguments = Arguments(gen_args_0: .init(arg_0: prompt, arg_1: settings))
        resps = [lines.map(\.text)]
        filtered_resps = lines.map { $0.answer ?? "" }
        doc_hash = SHA256.hex(bytes: try JSONText.encode(doc))
        prompt_hash = SHA256.hex(prompt)
        target_hash = SHA256.hex(target)
        exact_match = Double(lines.count(where: \.correct)) / Double(lines.count)
    }
}

/// `results_….json`.
struct LMEvalResults: Encodable {
    struct Metric: Encodable {
        var metric = "exact_match"
        var aggregation = "mean"
        var higher_is_better = true
    }
    struct Config: Encodable {
        var task: String
        var dataset_path: String
        var output_type = "generate_until"
        var metric_list = [Metric()]
        var num_fewshot = 0
        var repeats: Int
    }
    struct Count: Encodable { var original, effective: Int }
    struct Run: Encodable {
        var model = "rsd-batch"
        var model_args: String
        var random_seed: UInt64
    }

    private var results: [String: [String: Value]] = [:]
    private var group_subtasks: [String: [String]] = [:]
    private var configs: [String: Config] = [:]
    private var versions: [String: Int] = [:]
    private var nShot: [String: Int] = [:]
    private var higherIsBetter: [String: [String: Bool]] = [:]
    private var nSamples: [String: Count] = [:]
    private var task_hashes: [String: String] = [:]
    private var config: Run
    private var model_source = "rsd-batch"
    private var model_name: String
    private var model_name_sanitized: String
    private var date: Double?

    enum Value: Encodable {
        case name(String)
        case number(Double)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .name(let name): try container.encode(name)
            case .number(let number): try container.encode(number)
            }
        }
    }

    private enum CodingKeys: String, CodingKey {
        case results, group_subtasks, configs, versions, task_hashes, config, model_source, model_name
        case model_name_sanitized, date
        case nShot = "n-shot"
        case higherIsBetter = "higher_is_better"
        case nSamples = "n-samples"
    }

    init(method: String, report: RunReport) {
        let models = Role.named.compactMap { role in
            report.job.spec.models[role].map { "\(role.rawValue)=\($0.title)" }
        }
        config = Run(model_args: models.joined(separator: ","), random_seed: report.manifest.seed)
        model_name = method
        model_name_sanitized = method
        date = (try? Date(report.manifest.created, strategy: .iso8601))?.timeIntervalSince1970
    }

    mutating func add(_ samples: [LMEvalSample], of dataset: DatasetSpec, problems: Int) throws {
        let (name, scores) = (dataset.name, samples.map(\.exact_match))
        let mean = scores.reduce(0, +) / Double(scores.count)
        results[name] = ["alias": .name(name), "exact_match,none": .number(mean)]
        if scores.count > 1 {
            let squares = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let error = (squares / Double(scores.count - 1) / Double(scores.count)).squareRoot()
            results[name]?["exact_match_stderr,none"] = .number(error)
        }
        group_subtasks[name] = []
        configs[name] = Config(
            task: name, dataset_path: dataset.path, repeats: samples.map { $0.resps[0].count }.max() ?? 1)
        versions[name] = 1
        nShot[name] = 0
        higherIsBetter[name] = ["exact_match": true]
        nSamples[name] = Count(original: problems, effective: samples.count)
        task_hashes[name] = SHA256.hex(samples.map { $0.doc_hash + $0.prompt_hash + $0.target_hash }.joined())
    }
}

extension LMEvalResults {
    /// Adds pass@k as metrics, and maj@k as the same metric after filters of that name: so the harness calls them in its tasks
    /// `humaneval` and `gsm8k_cot_self_consistency`.
    mutating func add(_ figures: SampleFigures, of dataset: String) {
        func add(_ metric: String, _ filter: String, _ figure: SampleFigures.AtK) {
            results[dataset]?["\(metric),\(filter)"] = .number(figure.value)
            results[dataset]?["\(metric)_stderr,\(filter)"] = figure.stderr.map(Value.number)
        }
        for figure in figures.pass {
            let metric = "pass@\(figure.k)"
            add(metric, "none", figure)
            higherIsBetter[dataset]?[metric] = true
            configs[dataset]?.metric_list.append(Metric(metric: metric))
        }
        for figure in figures.majority { add("exact_match", "maj@\(figure.k)", figure) }
    }
}

extension PromptSpec {
    /// The text before the solution; a chat's messages as a JSON list, as the harness writes them.
    fileprivate func asText(_ question: String) throws -> String {
        switch before(question).form {
        case .text(let text): text
        case .chat(let messages): String(decoding: try JSONText.encode(messages), as: UTF8.self)
        }
    }
}
