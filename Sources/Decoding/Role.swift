/// What a model does in a method: the three roles of reward-guided speculative decoding, and the target with the draft
/// as its speculator.
package enum Role: String, Sendable, Hashable, Codable, CaseIterable {
    case draft, target, prm, speculative

    /// Roles for which a spec names a model.
    package static let named: [Role] = [.draft, .target, .prm]

    /// The models that an engine of this role loads; the first one writes the text.
    package var models: [Role] { self == .speculative ? [.target, .draft] : [self] }

    /// In the order of a wave.
    package static let wave: [Role] = [.draft, .prm, .target, .speculative]

    /// The phase in which the role works.
    package var phase: String { self == .prm ? "score" : rawValue }
}
