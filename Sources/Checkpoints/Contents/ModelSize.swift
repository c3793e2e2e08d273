/// How many weights a model has, and how that is known.
package struct ModelSize: Sendable, Equatable, Codable {
    /// N, those that a token of text meets: of a mixture of experts the active ones. nil where they cannot be told.
    package var parameters: Int?
    /// All of the text model, experts that rest included; nil where they cannot be told.
    package var total: Int?
    /// Where the numbers come from and what they count; without ``parameters``, why not.
    package var source: String

    package init(parameters: Int?, total: Int? = nil, source: String) {
        self.parameters = parameters
        self.total = total
        self.source = source
    }
}
