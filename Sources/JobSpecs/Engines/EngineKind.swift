import Checkpoints
import ModelLifecycle

/// A kind of engine and its properties. Its dialect starts engines.
///
/// To add a kind, define a value of this type and add it to ``all``. No other code depends on which kinds there are.
package struct EngineKind: Sendable {
    /// Its name in job specs, such as `vllm`.
    package var name: String
    /// Its name in messages, such as "the pocket engine".
    package var title: String
    /// - Parameter venv: ``EngineSpec/venv``.
    package var dialect: @Sendable (_ venv: String?) -> any EngineDialect

    // MARK: Features

    /// Whether it is installed in a Python environment, set by `venv`.
    package var usesVenv = false
    /// The default residency.
    package var residency = ResidencyKind.swap
    /// Whether engines are forked or started ahead of time, unless the spec sets `warm: false`.
    package var startsWarm = false
    /// Whether it renders chats with the model's chat template.
    package var rendersChat = false
    /// Whether it supports speculative decoding with a draft model.
    package var speculates = false
    /// The PRM profiles that it supports; nil for all.
    package var profiles: [PRMProfile.Name]?
    /// Whether it loads checkpoints with transformers and so supports any tokenizer; otherwise only `tokenizer.json`.
    package var usesTransformers = false
    /// The environment variable that makes results independent of the batch.
    package var batchInvariantVariable: String?

    // MARK: Hardware

    /// Whether it runs on GPUs, unless the installed build is a CPU build.
    package var usesGPU = false
    /// Whether sleep frees the GPU's memory.
    package var freesGPUAsleep = false
    /// Whether its share of the memory can be set: vLLM's `gpu-memory-utilization` and `kv-cache-memory-bytes`.
    package var dividesMemory = false
    /// The number type that it always computes in; nil if flags determine it.
    package var numberType: NumberType?
    package var footprint: @Sendable (MachineMemory) -> EngineFootprint

    // MARK: Timing

    package var hardware: @Sendable (MachineMemory) -> HardwareAssumptions
    /// Assumed seconds of a start if none was observed, to compare with a job's time limit.
    package var unknownStart: Double
    /// Minimum seconds of work that justify a start.
    package var leastWork: Double
}

extension EngineKind {
    /// All kinds that job specs can select.
    package static let all: [EngineKind] = [.vllm, .pocket]
}

extension EngineKind: Equatable {
    package static func == (a: EngineKind, b: EngineKind) -> Bool { a.name == b.name }
}

extension [EngineKind] {
    /// The kinds that meet a condition, as `'kind: vllm' or 'kind: other'`.
    func names(where isAble: (EngineKind) -> Bool) -> String {
        filter(isAble).map { "'kind: \($0.name)'" }.joined(separator: " or ")
    }
}
