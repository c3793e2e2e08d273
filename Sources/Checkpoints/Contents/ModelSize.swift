/// A model's number of weights, and where it comes from.
package struct ModelSize: Sendable, Equatable, Codable {
    /// N, the weights that a text token passes through; for a mixture of experts, the active ones. nil if unknown.
    package var parameters: Int?
    /// All weights of the text model, including inactive experts; nil if unknown.
    package var total: Int?
    /// Where the numbers come from and what they count; without ``parameters``, the reason.
    package var source: String

    package init(parameters: Int?, total: Int? = nil, source: String) {
        self.parameters = parameters
        self.total = total
        self.source = source
    }
}
