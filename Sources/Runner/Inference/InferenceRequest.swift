import Decoding
import JobSpecs
import Support

/// A request to a model, for one trajectory and all others that need the same.
package struct InferenceRequest: Sendable {
    package let fingerprint: RequestFingerprint
    /// The trajectory that needed it first.
    package let id: TrajectoryID
    package let need: Need
    /// Seed of the request.
    package let seed: Int

    package init(_ need: Need, of id: TrajectoryID, in job: JobSpec) {
        self.id = id
        self.need = need
        var hash = SHA256()
        for part in [need.role.rawValue, id.dataset, id.problem] { hash.update(field: part) }
        switch need {
        case .generate(let wanted):
            let sampling = wanted.sampling ?? job.decoding.sampling
            seed = Draw(runSeed: job.seeds[id.sample], trajectory: id).requestSeed(
                step: wanted.steps.count, role: wanted.role, candidate: wanted.candidate)
            // At temperature 0 the seed has no effect.
            let chance = sampling.temperature == 0 ? [] : ["\(sampling.temperature)", "\(sampling.topP)", "\(seed)"]
            let settings = ["generate", "\(wanted.stopsAtDelimiter)", "\(wanted.maxTokens)"] + chance
            for part in settings + wanted.steps { hash.update(field: part) }
        case .score(let wanted):
            seed = 0
            for part in ["score", "\(wanted.unscored)", "\(wanted.undecided)"] + wanted.steps {
                hash.update(field: part)
            }
        }
        fingerprint = RequestFingerprint(digest: hash.hex())
    }
}

/// Equal for requests that an engine cannot tell apart, different for others: a SHA-256 of everything that is sent.
package struct RequestFingerprint: Sendable, Hashable {
    package let digest: String
}
