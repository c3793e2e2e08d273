import Decoding

extension Trajectory {
    /// The verdicts so far, that on a step which the target has yet to replace included.
    package var verdicts: Verdicts { response.verdicts ?? Verdicts() }
}

extension Role {
    /// The phase in which the role works.
    var phase: String { self == .prm ? "score" : rawValue }
}
