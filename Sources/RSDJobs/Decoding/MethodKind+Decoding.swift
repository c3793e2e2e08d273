extension MethodKind {
    /// The method at its beginning, for one trajectory.
    func start(decoding: DecodingSpec, draw: Draw) -> any DecodingMethod {
        switch self {
        case .rsd(let weighting):
            RewardGuided(weighting: weighting, lookahead: decoding.lookahead, draw: draw)
        case .draftOnly: SingleModel(role: .draft)
        case .targetOnly: SingleModel(role: .target)
        }
    }
}
