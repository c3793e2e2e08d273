import Checkpoints
import ModelLifecycle

/// A kind of engine: all that the program knows of it before one is started, apart from how to start it, which its dialect knows.
///
/// A new kind is a file with a value of this type, and a place in ``all``. Nothing else in the program asks which kind it is.
package struct EngineKind: Sendable {
    /// As job specs write it, such as `vllm`.
    package var name: String
    /// As messages call it, such as "the pocket engine".
    package var title: String
    /// - Parameter venv: ``EngineSpec/venv``.
    package var dialect: @Sendable (_ venv: String?) -> any EngineDialect

    // MARK: What a spec may ask of it

    /// Whether it lives in a Python environment that `venv` names.
    package var usesVenv = false
    /// The residency of a spec that names none.
    package var residency = ResidencyKind.swap
    /// Whether its start is worth shortening: engines are forked or started ahead of time unless the spec says `warm: false`.
    package var startsWarm = false
    /// Whether it puts a chat into the words of the model's chat template.
    package var rendersChat = false
    /// Whether it decodes speculatively with a draft model.
    package var speculates = false
    /// The PRM profiles it can serve; nil for all.
    package var profiles: [PRMProfile.Name]?
    /// Whether it loads checkpoints by transformers and so takes any tokenizer; otherwise only a `tokenizer.json`.
    package var usesTransformers = false
    /// The environment variable that makes results independent of what else is in a batch.
    package var batchInvariantVariable: String?

    // MARK: What it takes of a machine

    /// Whether it runs on GPUs, unless the installed build is one for processors.
    package var usesGPU = false
    /// Whether it frees its GPU while it sleeps.
    package var freesGPUAsleep = false
    /// Whether its part of the memory can be set: vLLM's `gpu-memory-utilization` and `kv-cache-memory-bytes`.
    package var dividesMemory = false
    /// The type in which it computes, whatever its flags say; nil where they decide.
    package var numberType: NumberType?
    package var footprint: @Sendable (MachineMemory) -> EngineFootprint

    // MARK: How long it takes

    package var hardware: @Sendable (MachineMemory) -> HardwareAssumptions
    /// Seconds that a start may take where none has been seen, to be held against a job's time limit.
    package var unknownStart: Double
    /// Seconds of work that are worth a start.
    package var leastWork: Double
}

extension EngineKind {
    /// The kinds that job specs may name.
    package static let all: [EngineKind] = [.vllm, .pocket]
}

extension EngineKind: Equatable {
    package static func == (a: EngineKind, b: EngineKind) -> Bool { a.name == b.name }
}

extension [EngineKind] {
    /// `'kind: vllm'`, for those that can do what a spec asks.
    func names(where isAble: (EngineKind) -> Bool) -> String {
        filter(isAble).map { "'kind: \($0.name)'" }.joined(separator: " or ")
    }
}
