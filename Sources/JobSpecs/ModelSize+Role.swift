import Checkpoints
import Decoding

extension ModelSize {
    /// - Parameters:
    ///   - given: the number in the spec.
    ///   - role: the role of the model.
    package static func given(_ given: Int, for role: Role) -> ModelSize {
        ModelSize(parameters: given, source: "models.\(role.rawValue).parameters of the job")
    }

    /// A warning if the number is unknown; nil if it is known.
    package func fault(of role: Role) -> String? {
        guard parameters == nil else { return nil }
        return "the parameters of the \(role.rawValue) are unknown, and so are its FLOPs: \(source). "
            + "Set 'models.\(role.rawValue).parameters' to the number of its weights"
    }
}
