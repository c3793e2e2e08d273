import Checkpoints
import Decoding

extension ModelSize {
    /// - Parameters:
    ///   - given: what a spec says itself.
    ///   - role: whose model it is.
    package static func given(_ given: Int, for role: Role) -> ModelSize {
        ModelSize(parameters: given, source: "models.\(role.rawValue).parameters of the job")
    }

    /// What a reader should know where numbers are missing for want of this one; nil where it is known.
    package func fault(of role: Role) -> String? {
        guard parameters == nil else { return nil }
        return "the parameters of the \(role.rawValue) are unknown, and so are its FLOPs: \(source). "
            + "Set 'models.\(role.rawValue).parameters' to their number"
    }
}
