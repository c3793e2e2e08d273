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
    /// What methods of the job need to know of the tokens of a model, and how they sample it. Others ask for the same, so that
    /// their requests are the same.
    private let details: [(role: Role, sampling: Sampling, detail: Detail)]

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
        details = job.spec.methods.flatMap { method in
            method.kind.settings.details.map { ($0.key, job.spec.sampling(of: method), $0.value) }
        }
    }

    /// The need as it is requested in this job. What may be stopped while it is written stays as it is.
    func detailed(_ need: Need, of id: TrajectoryID) -> Need {
        guard !details.isEmpty, case .generate(var wanted) = need, wanted.lookahead == nil else { return need }
        let sampling = wanted.sampling ?? job.decoding.sampling
        let same = details.filter { $0.role == wanted.role && $0.sampling.draws(like: sampling) }
        wanted.detail = same.reduce(wanted.detail) { max($0, $1.detail) }
        return .generate(wanted)
    }

    /// The seed that a trajectory's request is sent with.
    func seed(_ generation: Generation, of id: TrajectoryID) -> Int {
        Draw(runSeed: job.seed(ofSample: id.sample), trajectory: id).requestSeed(
            step: generation.steps.count, role: generation.role, candidate: generation.candidate)
    }

    /// What the PRM reads of each unscored step; empty if these are not consecutive, or another model judges.
    func readings(of wanted: Scoring, for id: TrajectoryID) -> [ReadingKey] {
        guard wanted.role == .prm, let first = wanted.unscored.first, let last = wanted.unscored.last,
            last < wanted.steps.count,
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

    /// The fingerprint of a request, and those of others whose responses serve as well.
    ///
    /// - Parameter needed: what the trajectory needs, of which the request may ask for more.
    func fingerprints(of need: Need, needed: Need, for id: TrajectoryID, seed: Int) -> (
        RequestFingerprint, substitutes: [RequestFingerprint]
    ) {
        var hash = SHA256()
        hash.update(field: settings[need.role] ?? "")
        hash.update(field: question(of: id))
        var (limit, undecided): (Int?, Int?)
        func fingerprint(_ hash: SHA256) -> RequestFingerprint {
            RequestFingerprint(digest: hash.hex(digits: 32), maxTokens: limit, undecided: undecided)
        }
        switch need {
        case .generate(let wanted):
            let sampling = wanted.sampling ?? job.decoding.sampling
            // At temperature 0 the seed has no effect.
            let chance = sampling.isGreedy ? [] : ["\(sampling.temperature)", "\(sampling.topP)", "\(seed)"]
            for part in ["generate", "\(wanted.stopsAtDelimiter)"] + chance { hash.update(field: part) }
            for step in wanted.steps { hash.update(field: step) }
            limit = wanted.maxTokens
            guard wanted.lookahead == nil, case .generate(let needed) = needed else { break }
            let serving = Detail.allCases.filter { $0 >= needed.detail }.map { detail in
                var hash = hash
                if detail > .text { hash.update(field: "\(detail)") }
                return (detail: detail, fingerprint: fingerprint(hash))
            }
            guard let own = serving.first(where: { $0.detail == wanted.detail }) else { break }
            return (own.fingerprint, serving.filter { $0.detail != wanted.detail }.map(\.fingerprint))
        case .score(let wanted):
            let digit = wanted.digit.map { [$0.rawValue] } ?? []
            for part in ["score", "\(wanted.unscored)"] + digit { hash.update(field: part) }
            for step in wanted.steps { hash.update(field: step) }
            undecided = wanted.undecided
        case .likelihood(let wanted):
            for part in ["likelihood", "\(wanted.first)", "\(wanted.isEnded)"] { hash.update(field: part) }
            for step in wanted.steps { hash.update(field: step) }
        }
        return (fingerprint(hash), [])
    }
}
