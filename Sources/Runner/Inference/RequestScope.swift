import Datasets
import Decoding
import JobSpecs
import RunStore
import Support

/// What requests of a job depend on beside their own content: enough to tell which requests of two runs are the same.
package struct RequestScope: Sendable {
    let job: JobSpec
    private let settings: [Role: String]
    private let questions: [ProblemName: String]

    package init(_ job: LoadedJob) {
        self.init(job, as: SpecIdentity(job))
    }

    /// - Parameter identity: of the job, where its models are not at hand.
    package init(_ job: LoadedJob, as identity: SpecIdentity) {
        self.job = job.spec
        settings = Dictionary(
            uniqueKeysWithValues: Role.allCases.map { role in
                var hash = SHA256()
                for setting in identity.settings(of: role) { hash.update(field: setting) }
                return (role, hash.hex())
            })
        var questions: [ProblemName: String] = [:]
        for (dataset, problems) in job.problems {
            for problem in problems {
                questions[ProblemName(dataset: dataset, problem: problem.id)] = problem.question
            }
        }
        self.questions = questions
    }

    /// The seed that a trajectory's request is sent with.
    func seed(_ generation: Generation, of id: TrajectoryID) -> Int {
        Draw(runSeed: job.seed(ofSample: id.sample), trajectory: id).requestSeed(
            step: generation.steps.count, role: generation.role, candidate: generation.candidate)
    }

    /// What the PRM reads of each unscored step; empty if these are not consecutive.
    func readings(of wanted: Scoring, for id: TrajectoryID) -> [ReadingKey] {
        guard let first = wanted.unscored.first, let last = wanted.unscored.last, last < wanted.steps.count,
            wanted.unscored == Array(first...last)
        else { return [] }
        var hash = SHA256()
        hash.update(field: settings[.prm] ?? "")
        hash.update(field: question(of: id))
        hash.update(field: "reading")
        var keys: [ReadingKey] = []
        for (step, text) in wanted.steps[...last].enumerated() {
            hash.update(field: text)
            if step >= first, let key = ReadingKey(hash.hex()) { keys.append(key) }
        }
        return keys
    }

    // Problems that a test made up have no question.
    private func question(of id: TrajectoryID) -> String {
        questions[id.problemName] ?? "\(id.dataset)/\(id.problem)"
    }

    func fingerprint(of need: Need, for id: TrajectoryID, seed: Int) -> RequestFingerprint {
        var hash = SHA256()
        hash.update(field: settings[need.role] ?? "")
        hash.update(field: question(of: id))
        var (limit, undecided): (Int?, Int?)
        switch need {
        case .generate(let wanted):
            let sampling = wanted.sampling ?? job.decoding.sampling
            // At temperature 0 the seed has no effect.
            let chance = sampling.isGreedy ? [] : ["\(sampling.temperature)", "\(sampling.topP)", "\(seed)"]
            for part in ["generate", "\(wanted.stopsAtDelimiter)"] + chance { hash.update(field: part) }
            for step in wanted.steps { hash.update(field: step) }
            limit = wanted.maxTokens
        case .score(let wanted):
            for part in ["score", "\(wanted.unscored)"] { hash.update(field: part) }
            for step in wanted.steps { hash.update(field: step) }
            undecided = wanted.undecided
        }
        return RequestFingerprint(digest: String(hash.hex().prefix(32)), maxTokens: limit, undecided: undecided)
    }
}
