import Decoding

package struct EngineSpec: Sendable, Equatable {
    package var kind: EngineKind
    /// The virtual environment that vLLM is in, or its Python; nil looks for it.
    package var venv: String?
    package var residency: ResidencyKind
    /// Whether engines are forked from a process that has imported vLLM; nil where that was seen to work.
    package var warm: Bool?
    /// Models that are up together, in the order of a wave; nil is a group for each.
    package var groups: [[Role]]?
    /// How deep engines sleep: 1 keeps their weights in the machine's memory, 2 reads them from disk again.
    package var sleepLevel = 1
    /// Handed to the engine's command line as `--key value`.
    package var args: [EngineArgument] = []
    package var env: [String: String]
    /// Requests in flight at most, to each engine; nil goes by what the engine runs at once.
    package var concurrency: Int?
    /// Seconds that a starting engine may be silent.
    package var startTimeout: Double
    /// Seconds that a working engine may make no progress.
    package var stallTimeout: Double
    /// Seconds between SIGTERM and SIGKILL.
    package var stopGrace: Double
}
