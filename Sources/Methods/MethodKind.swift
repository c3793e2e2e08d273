import Decoding

/// One of the decoding methods, with its settings.
package struct MethodKind: Sendable {
    package let settings: any MethodSettings

    /// All methods.
    package static let all: [any MethodSettings.Type] = [
        RewardGuidedSettings.self, ConfidenceSettings.self, DraftOnly.self, TargetOnly.self, Speculative.self,
        Majority.self, BestOfN.self, ProcessBestOfN.self, BeamSearch.self, DiverseTreeSearch.self, SoftBestOfN.self,
        RewardGuidedBestOfN.self, GuidedSpeculative.self, SpecReasonSettings.self,
    ]

    package init(_ settings: any MethodSettings) {
        self.settings = settings
    }

    /// The models that the method needs.
    package var roles: Set<Role> { settings.roles }

    /// The method's key in a spec.
    package var key: String { type(of: settings).key }

    package static func rsd(_ weighting: Weighting) -> MethodKind {
        MethodKind(RewardGuidedSettings(weighting: weighting))
    }
    package static let draftOnly = MethodKind(DraftOnly())
    package static let targetOnly = MethodKind(TargetOnly())
}

extension MethodKind: Hashable {
    private var description: [String] { [key] + settings.yaml.flatMap { [$0.key, $0.value] } }

    package static func == (left: MethodKind, right: MethodKind) -> Bool { left.description == right.description }

    package func hash(into hasher: inout Hasher) { hasher.combine(description) }
}
