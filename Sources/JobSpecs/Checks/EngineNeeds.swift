import Checkpoints
import Decoding
import Foundation

/// What an engine needs of a checkpoint beside weights that can be read, so that what it would die of is found before it starts.
struct EngineNeeds {
    let kind: EngineKind
    let role: Role
    /// The flags of this model's engine.
    let flags: [EngineArgument]

    /// - Throws: ``ModelFilesError`` with what is missing.
    func check(_ files: ModelFiles, in directory: String) throws(ModelFilesError) {
        try checkArchitecture(files, directory)
        if kind.usesTransformers, let name = files.marked.first {
            throw ModelFilesError(
                "\(name) in \(directory) begins with a byte order mark, which transformers refuses; save it as UTF-8 without one"
            )
        }
        try checkTokenizer(directory)
    }

    private func flag(_ name: String) -> String? { flags.last { $0.flag == name }?.value }

    private func checkArchitecture(_ files: ModelFiles, _ directory: String) throws(ModelFilesError) {
        // Overrides may name another architecture.
        guard !flags.contains(where: { $0.flag.hasPrefix("hf-overrides") }) else { return }
        // What a PRM is, its profile asks.
        guard role != .prm else { return }
        guard let architecture = files.architectures.first else {
            throw ModelFilesError(
                "config.json in \(directory) names no 'architectures', by which an engine knows what kind of model it is"
            )
        }
        if Self.judges.contains(where: architecture.hasSuffix) || architecture.wholeMatch(of: Self.bodies) != nil {
            throw ModelFilesError(
                "\(directory) is a \(architecture), which writes no text; the \(role.rawValue) has to")
        }
    }

    /// Ends of the names of models that give scores.
    private static let judges = [
        "ForSequenceClassification", "ForTokenClassification", "ForQuestionAnswering", "ForMaskedLM",
        "ForImageClassification",
        "ForRewardModel", "ForProcessRewardModel", "ForPrmModel", "RewardModel", "ForTextEncoding",
    ]

    /// Models without the head that chooses the next token: they make embeddings.
    private static nonisolated(unsafe) let bodies =
        /(Llama|Mistral|Mixtral|Qwen[0-9]*(Moe)?|Gemma[0-9]*(Text)?|Phi[0-9]*|(Modern|XLMRo|Ro|Al|Distil|De)?[Bb]ert[a]?|GteModel|NomicBert|T5Encoder)Model/

    /// The model's own, or that which its flags name: a directory, or a name that the engine finds in its cache.
    private func checkTokenizer(_ directory: String) throws(ModelFilesError) {
        guard !flags.contains(where: { $0.flag == "skip-tokenizer-init" }) else { return }
        guard let other = flag("tokenizer") else { return try TokenizerCheck.check(directory, for: kind) }
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: other, isDirectory: &isDirectory) {
            guard isDirectory.boolValue else { return }
            return try TokenizerCheck.check(other, for: kind)
        }
        if other.hasPrefix("/") || other.hasPrefix(".") || other.hasPrefix("~") {
            throw ModelFilesError(
                "there is no directory \(other), which args name as the tokenizer of the \(role.rawValue)")
        }
    }
}
