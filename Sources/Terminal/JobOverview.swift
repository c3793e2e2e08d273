import Decoding
import JobSpecs
import ModelLifecycle
import Support

/// The size and models of a job, as `validate` prints them for a valid job.
package struct JobOverview: Sendable, Equatable, Encodable {
    package var file: String
    package var name: String
    package var methods: Int
    package var problems: Int
    package var trajectories: Int
    package var models: [Model]
    /// GPUs that a machine must have for it, if there must be several.
    package var gpus: Int?
    /// How the models think; nil if nothing is known of that.
    package var thinking: String?
    /// What `residency: auto` chooses on this machine, or why nothing fits; nil if the job names its residency.
    package var residency: String?
    /// The grader, or why it cannot be used here; nil if that was not asked.
    package var grader: String?
    /// Why the flags in `args` were not checked; nil if they were, or there are none.
    package var uncheckedFlags: String?
    /// What a run would find on this machine.
    package var findings: [MachineFinding]

    private enum CodingKeys: String, CodingKey {
        case file, name, methods, problems, trajectories, models, residency, grader, findings
        case uncheckedFlags = "unchecked_flags"
    }

    /// A model that some method uses.
    package struct Model: Sendable, Equatable, Encodable {
        package var role: Role
        /// Its name on the Hugging Face hub, or its directory.
        package var model: String
        /// Only of models of the hub: as in the spec, and the commit that it stands for.
        package var revision: String?
        package var commit: String?
        /// Weights per token; nil if unknown.
        package var parameters: Int?
        /// The source of that number, or why it is unknown.
        package var parametersFrom: String

        /// `  main, commit aafeb0fc6f22`
        fileprivate var origin: String {
            guard let revision, let commit else { return "" }
            return "  " + (commit.hasPrefix(revision) ? "" : "\(revision), ") + "commit \(commit.prefix(12))"
        }

        private enum CodingKeys: String, CodingKey {
            case role, model, revision, commit, parameters
            case parametersFrom = "parameters_from"
        }
    }

    package init(
        _ job: LoadedJob, file: String, residency: String? = nil, grader: String? = nil, findings: [MachineFinding] = []
    ) {
        let spec = job.spec
        self.file = file
        self.residency = residency
        self.grader = grader
        self.findings = findings
        uncheckedFlags = job.uncheckedFlags
        name = spec.name
        thinking = spec.thinkingWords
        gpus = spec.engine.residency != .attach && spec.gpus > 1 ? spec.gpus : nil
        methods = spec.methods.count
        problems = spec.datasets.reduce(0) { $0 + (job.problems[$1.name]?.count ?? 0) }
        trajectories = job.trajectoryCount
        models = Role.allCases.compactMap { role in
            guard let model = spec.models[role], let files = job.models[role] else { return nil }
            return Model(
                role: role, model: model.title, revision: model.hub?.revision, commit: model.hub?.commit,
                parameters: files.size.parameters, parametersFrom: files.size.source)
        }
    }

    package static func unchecked(_ reason: String) -> String { "the flags in `args` were not checked: \(reason)" }

    package func lines(width: Int) -> [Line] {
        let counts = [
            NumberFormat.counted(methods, "method"), NumberFormat.counted(problems, "problem"),
            NumberFormat.counted(trajectories, "trajectory", "trajectories"),
        ].joined(separator: ", ")
        let runsHere = !findings.contains { $0.severity == .error }
        let verdict =
            runsHere ? Line("\(file) is valid", .green) : Line("\(file) is valid, but cannot run here", .yellow)
        return (verdict + ": \(counts)").wrapped(to: width, indent: 2)
            + models.flatMap { model in
                (Line("  \(model.role.rawValue.padded(to: 6))  ", .dim)
                    + Line(model.parameters.map { NumberFormat.si($0) } ?? "–").padded(to: 6, alignRight: true)
                    + Line(" weights  ", .dim) + model.model + Line(model.origin, .dim)).wrapped(to: width, indent: 10)
            }
            + (thinking.map { [$0] } ?? []).flatMap {
                (Line("  thinks  ", .dim) + $0).wrapped(to: width, indent: 10)
            }
            + (gpus.map { Line("  needs   ", .dim) + Line("\($0) GPUs on one machine") }.map { [$0] } ?? [])
            + findings.filter { residency?.contains($0.text) != true }.flatMap { here($0, width) }
            + [uncheckedFlags.map(Self.unchecked), residency, grader].compactMap(\.self).flatMap {
                (Line("  here    ", .dim) + $0).wrapped(to: width, indent: 10)
            }
    }

    private func here(_ finding: MachineFinding, _ width: Int) -> [Line] {
        let text = finding.sentence
        let line =
            switch finding.severity {
            case .fine, .note: Line(text)
            case .warning: Line("warning: ", .yellow) + text
            case .error: Line("cannot run on this machine: ", .red) + text
            }
        return (Line("  here    ", .dim) + line).wrapped(to: width, indent: 10)
    }
}

extension MachineFinding {
    /// The text and what to do.
    var sentence: String { [text, remedy].compactMap(\.self).joined(separator: ". ") }
}

extension JobSpec {
    fileprivate var thinkingWords: String? {
        switch thinking {
        case nil: return nil
        case .off: return "thinking is off"
        case .marked(let marks):
            let writers = [Role.draft, .target].filter { models[$0] != nil }
            let open = writers.filter(marks.open.contains)
            let start =
                open.isEmpty
                ? "the response begins with it"
                : "the prompt ends with it" + (open == writers ? "" : " for the \(open[0].rawValue)")
            let prm =
                models[.prm] == nil
                ? "" : marks.prm == .shown ? "; the PRM sees thoughts" : "; the PRM does not see thoughts"
            return "between \(marks.begin) and \(marks.end); \(start)\(prm)"
        }
    }
}
