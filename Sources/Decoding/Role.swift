/// The parts that engines play: those of the three models of reward-guided speculative decoding, and the target with the draft as
/// its speculator.
package enum Role: String, Sendable, Hashable, Codable, CaseIterable {
    case draft, target, prm, speculative

    /// Those that a spec names a model for.
    package static let named: [Role] = [.draft, .target, .prm]

    /// The models that such an engine loads, that whose text it is first.
    package var models: [Role] { self == .speculative ? [.target, .draft] : [self] }

    /// In the order in which a wave visits them.
    package static let wave: [Role] = [.draft, .prm, .target, .speculative]
}
