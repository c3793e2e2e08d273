extension EngineClient {
    /// Limits of one attempt of a request by its purpose: how long it may take, and how much may come back.
    struct RequestLimits: Sendable {
        /// nil for the client's own.
        var deadline: Duration?
        /// In bytes.
        var answerLimit: Int

        /// A server's information about itself, without its model. A busy server may take a while.
        static let glance = RequestLimits(deadline: .seconds(30), answerLimit: 16 << 20)
        /// Tokenising and detokenising.
        static let reading = RequestLimits(deadline: .seconds(120), answerLimit: 64 << 20)
        /// Sleep, wake-up and reloading of weights.
        static let command = RequestLimits(deadline: .seconds(600), answerLimit: 1 << 20)
        /// Generating and scoring.
        static let work = RequestLimits(deadline: nil, answerLimit: 256 << 20)
    }
}
