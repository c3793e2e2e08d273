import Decoding

/// The `engine` section of a job.
package struct EngineSpec: Sendable, Equatable {
    package var kind: EngineKind
    /// vLLM's virtual environment, or its Python; nil to search for it.
    package var venv: String?
    package var residency: ResidencyKind
    /// Whether engines are forked from a process that has imported vLLM; nil to do so only if it is known to work.
    package var warm: Bool?
    /// Models that are up together, in the order of a wave; nil for one group per model.
    package var groups: [[Role]]?
    /// vLLM's sleep level: 1 keeps weights in the machine's memory, 2 reads them from disk again.
    package var sleepLevel = 1
    /// Of `swap` and `sleep`, written or chosen.
    package var tail = TailSpec.auto
    /// Flags for the engine's command line, as `--key value`.
    package var args: [EngineArgument] = []
    package var env: [String: String]
    /// Maximum requests in flight to each engine; nil derives it from the engine's settings.
    package var concurrency: Int?
    /// Seconds without a new log line before a starting engine counts as hung.
    package var startTimeout: Double
    /// Seconds without progress before a working engine counts as hung.
    package var stallTimeout: Double
    /// Seconds between SIGTERM and SIGKILL.
    package var stopGrace: Double
}
