import Methods

package struct MethodSpec: Sendable, Equatable {
    /// Unique in the job; names the method in results and tables.
    package var name: String
    package var kind: MethodKind
    /// Samples of a problem; nil for the job's number.
    package var samples: Int?
    /// How its requests are sampled, where the spec says so and the method's kind has no settings of its own for it; nil for the job's
    /// `decoding`.
    package var temperature: Double?
    package var topP: Double?
}
