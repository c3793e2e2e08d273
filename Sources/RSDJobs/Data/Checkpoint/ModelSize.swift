/// How many weights a model has, and how that is known.
package struct ModelSize: Sendable, Equatable, Codable {
    /// N, those that a token of text meets: of a mixture of experts the active ones. nil where they cannot be told.
    package var parameters: Int?
    /// All of the text model, experts that rest included; nil where they cannot be told.
    package var total: Int?
    /// Where the numbers come from and what they count; without ``parameters``, why not.
    package var source: String

    init(parameters: Int?, total: Int? = nil, source: String) {
        self.parameters = parameters
        self.total = total
        self.source = source
    }

    /// - Parameters:
    ///   - given: what a spec says itself.
    ///   - role: whose model it is.
    static func given(_ given: Int, for role: Role) -> ModelSize {
        ModelSize(parameters: given, source: "models.\(role.rawValue).parameters of the job")
    }

    /// What a reader should know where numbers are missing for want of this one; nil where it is known.
    package func complaint(of role: Role) -> String? {
        guard parameters == nil else { return nil }
        return "the parameters of the \(role.rawValue) are unknown, and so are its FLOPs: \(source). "
            + "Set 'models.\(role.rawValue).parameters' to their number"
    }
}
