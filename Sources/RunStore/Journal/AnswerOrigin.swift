import Support

/// Equal for requests that an engine cannot tell apart, in whichever run and for whichever trajectory.
package struct RequestFingerprint: Sendable, Hashable {
    /// 32 hexadecimal digits: the beginning of a SHA-256 over all else that the response depends on.
    package var digest: String
    /// Limit on the tokens to write; nil if nothing is written. Matters only for responses that it cuts.
    package var maxTokens: Int?
    /// ``Scoring/undecided``; nil if nothing is scored. Matters only for solutions that the PRM cannot see as a whole.
    package var undecided: Int?

    package init(digest: String, maxTokens: Int? = nil, undecided: Int? = nil) {
        self.digest = digest
        self.maxTokens = maxTokens
        self.undecided = undecided
    }
}

/// How a response came into the journal.
package struct AnswerOrigin: Sendable, Equatable {
    /// When its request ran; nil if the response was taken from an equal request.
    package var asked: TimeSpan?
    /// The request; nil for events that are no responses, and in journals of earlier versions.
    package var request: RequestFingerprint?
    /// Number of the ``AnswerSource`` that it was taken from; nil if that is this run.
    package var source: Int?

    package init(asked: TimeSpan? = nil, request: RequestFingerprint? = nil, source: Int? = nil) {
        self.asked = asked
        self.request = request
        self.source = source
    }
}

/// Another run that responses were taken from.
package struct AnswerSource: Sendable, Equatable, Codable {
    /// From 1, in the order of the journal.
    package var number: Int
    /// Where it was when it was read.
    package var directory: String
    package var job: String
    /// ``SpecIdentity/hash`` of its job.
    package var identity: String
    package var program: String
    /// The version that its engine reported.
    package var engine: String
    package var host: String

    package init(
        number: Int, directory: String, job: String, identity: String, program: String, engine: String, host: String
    ) {
        self.number = number
        self.directory = directory
        self.job = job
        self.identity = identity
        self.program = program
        self.engine = engine
        self.host = host
    }
}
