import Decoding

extension Trajectory {
    /// The verdicts so far, including one on a step that the target has yet to replace.
    package var verdicts: Verdicts { response.verdicts ?? Verdicts() }
}
