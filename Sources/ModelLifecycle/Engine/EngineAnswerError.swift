import Support

/// The failure of one request to an engine.
package enum EngineAnswerError: ProgramError, Hashable {
    /// The engine responded with an error status. `message`, `kind` and `parameter` are vLLM's `error.message`,
    /// `error.type` and `error.param`.
    case status(Int, message: String, kind: String?, parameter: String?, endpoint: String)
    /// The response is not what the endpoint promises.
    case malformed(endpoint: String, what: String, excerpt: String)
    /// There was no response.
    case transport(HTTPError)
    /// The engine died or was stopped during the request.
    case engine(EngineError)

    /// Whether the engine refused the prompt as longer than its context.
    package var promptTooLong: Bool {
        guard case .status(400, _, _, let parameter?, _) = self else { return false }
        return parameter == "input_tokens" || parameter == "input_text"
    }

    /// Whether the same request may succeed a moment later.
    package var isTransient: Bool {
        switch self {
        case .status(let status, _, _, _, _): RetryPolicy.isTransient(status: status)
        case .transport(let error): error.isTransient
        case .malformed, .engine: false
        }
    }

    package var explanation: Explanation { Explanation("engine-answer", .engine, description, remedy: nil) }

    package var description: String {
        switch self {
        case .status(let status, let message, _, _, let endpoint):
            "\(endpoint) returned status \(status): \(message)"
        case .malformed(let endpoint, let what, let excerpt):
            "\(endpoint) returned an invalid response: \(what); it starts with: \(excerpt)"
        case .transport(let error): "\(error)"
        case .engine(let error): "\(error)"
        }
    }
}
