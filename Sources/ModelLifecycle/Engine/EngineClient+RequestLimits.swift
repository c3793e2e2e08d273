extension EngineClient {
    /// What a request is for, and so how long one try of it may take and how much may come back, however slowly it comes.
    struct RequestLimits: Sendable {
        /// nil is the client's own.
        var deadline: Duration?
        /// Bytes.
        var answerLimit: Int

        /// What a server says of itself without a look at its model. A busy one may take a while for that.
        static let glance = RequestLimits(deadline: .seconds(30), answerLimit: 16 << 20)
        /// A text as tokens, or tokens as text.
        static let reading = RequestLimits(deadline: .seconds(120), answerLimit: 64 << 20)
        /// Sleep, and weights that go and come.
        static let command = RequestLimits(deadline: .seconds(600), answerLimit: 1 << 20)
        /// What the model writes or scores.
        static let work = RequestLimits(deadline: nil, answerLimit: 256 << 20)
    }
}
