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

    package func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}

/// Equal for two readings of a step by a PRM that nothing told apart if the step were the last: the same model, question and
/// steps up to it.
package struct ReadingKey: Sendable, Hashable {
    package let value: UInt64

    /// - Parameter digest: in hexadecimal; its first 16 digits count.
    package init?(_ digest: String) {
        guard let value = UInt64(digest.prefix(16), radix: 16) else { return nil }
        self.value = value
    }
}

extension ReadingKey: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let key = ReadingKey(text) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "no digest"))
        }
        self = key
    }

    package func encode(to encoder: any Encoder) throws {
        var text = encoder.singleValueContainer()
        let digits = String(value, radix: 16)
        try text.encode(String(repeating: "0", count: 16 - digits.count) + digits)
    }
}

/// How a response came into the journal.
package struct AnswerOrigin: Sendable, Equatable {
    /// When its request ran; nil if the response was taken from an equal request.
    package var asked: TimeSpan?
    /// The request; nil for events that are no responses, and in journals of earlier versions.
    package var request: RequestFingerprint?
    /// Of each reward, if they are of consecutive steps and any part of them is known too (``Scored/isOnePass``); otherwise empty,
    /// as in journals of earlier versions.
    package var readings: [ReadingKey]
    /// Number of the ``AnswerSource`` that it was taken from; nil if that is this run.
    package var source: Int?

    package init(
        asked: TimeSpan? = nil, request: RequestFingerprint? = nil, readings: [ReadingKey] = [], source: Int? = nil
    ) {
        self.asked = asked
        self.request = request
        self.readings = readings
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
