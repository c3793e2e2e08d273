import Checkpoints
import Decoding
import Foundation

/// Checks of a checkpoint, besides readable weights, that find before the start what would make an engine fail.
struct EngineNeeds {
    let kind: EngineKind
    let role: Role
    /// The flags of this model's engine.
    let flags: [EngineArgument]
    /// How the engine spreads it over GPUs.
    var spread = ModelSpread.one

    /// - Throws: ``ModelFilesError`` with what is missing.
    func check(_ files: ModelFiles, in directory: String) throws(ModelFilesError) {
        try checkArchitecture(files, directory)
        if kind.usesTransformers, let name = files.marked.first {
            throw ModelFilesError(
                "\(name) in \(directory) begins with a byte order mark, which transformers rejects; save it as UTF-8 without one"
            )
        }
        if let fault = files.memory.fault(over: spread) { throw ModelFilesError("the model in \(directory) \(fault)") }
        try checkTokenizer(directory)
    }

    private func flag(_ name: String) -> String? { flags.last { $0.flag == name }?.value }

    private func checkArchitecture(_ files: ModelFiles, _ directory: String) throws(ModelFilesError) {
        // Overrides may name another architecture.
        guard !flags.contains(where: { $0.flag.hasPrefix("hf-overrides") }) else { return }
        // A PRM's profile checks its architecture.
        guard role != .prm else { return }
        guard let architecture = files.architectures.first else {
            throw ModelFilesError(
                "config.json in \(directory) has no 'architectures', which an engine needs to identify the model"
            )
        }
        if Self.judges.contains(where: architecture.hasSuffix) || architecture.wholeMatch(of: Self.bodies) != nil {
            throw ModelFilesError(
                "\(directory) is a \(architecture), which does not generate text; use a generative model as the \(role.rawValue)"
            )
        }
    }

    /// Suffixes of architectures that return scores.
    private static let judges = [
        "ForSequenceClassification", "ForTokenClassification", "ForQuestionAnswering", "ForMaskedLM",
        "ForImageClassification",
        "ForRewardModel", "ForProcessRewardModel", "ForPrmModel", "RewardModel", "ForTextEncoding",
    ]

    /// Architectures without a language-model head, which return embeddings.
    private static nonisolated(unsafe) let bodies =
        /(Llama|Mistral|Mixtral|Qwen[0-9]*(Moe)?|Gemma[0-9]*(Text)?|Phi[0-9]*|(Modern|XLMRo|Ro|Al|Distil|De)?[Bb]ert[a]?|GteModel|NomicBert|T5Encoder)Model/

    /// Checks the model's own tokenizer, or the one that its flags name: a directory, or a name in the engine's cache.
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
                "there is no directory \(other), the tokenizer of the \(role.rawValue) in args")
        }
    }
}
