/// The only table of differences between vLLM versions that matter to this program, taken from their sources.
///
/// A version that names no release is treated as the newest.
extension VLLMVersion {
    /// Releases that are tested, on the CPU build.
    static let tried = [Release(0, 13, 0), Release(0, 14, 1), Release(0, 20, 2), Release(0, 32, 0)]

    /// The newest tested release.
    static let newest = VLLMVersion(tried[tried.count - 1].description)

    /// The oldest supported release, the first that serves `*ForTokenClassification` checkpoints as scorers. Older ones
    /// lack more: `--pooler-config` (0.11.0), `return_token_ids` (0.10.2), `--runner` and `--convert` (0.10.0).
    static let oldest = Release(0, 13, 0)

    /// Whether `--pooler-config` takes `task`. Older versions score tokens if the model is a classifier.
    var knowsPoolerTask: Bool { isSince(0, 19, 0) }

    /// Whether the CPU build reads `--kv-cache-memory-bytes`. Older ones read only VLLM_CPU_KVCACHE_SPACE, in whole
    /// GiB.
    var readsCacheBytesOnCPU: Bool { isSince(0, 20, 0) }

    /// Whether `VLLM_CPU_OMP_THREADS_BIND=nobind` works; it causes an IndexError from 0.20.0 to 0.20.2.
    var knowsNobind: Bool { !isSince(0, 20, 0) || isSince(0, 21, 0) }

    /// Releases whose forks were tested to respond like spawned engines, on the CPU build.
    static let triedInForks = [Release(0, 32, 0)]

    /// See ``ForkServerPlan/Trust``. Not tested on a GPU.
    func trustInForks(isWanted: Bool) -> ForkServerPlan.Trust {
        guard let release, Self.triedInForks.contains(release) else {
            return isWanted
                ? .unproven
                : .refused(
                    "forking is untested with vLLM \(self); set `warm: true` in the job's `engine` section to try it")
        }
        return isCPUBuild ? .proven : .unproven
    }

    /// Settings that keep a single worker in the process of the engine core, as on a GPU.
    ///
    /// From 0.20.0 on, the CPU build starts a separate process for it, to bind its threads through the environment.
    /// That costs a third of a gigabyte and another import of everything, and the worker polls its queue at full speed
    /// for a second after each step.
    var oneProcess: OneProcess {
        guard isCPUBuild, isSince(0, 20, 0) else { return .none }
        guard isSince(0, 32, 0) else {
            // Only the short name, `uni`, is overridden.
            let executor = "vllm.v1.executor.uniproc_executor.UniProcExecutor"
            return OneProcess(words: ["--distributed-executor-backend", executor])
        }
        return OneProcess(environment: ["VLLM_ENABLE_V1_MULTIPROCESSING": "0"])
    }

    struct OneProcess {
        var words: [String] = []
        var environment: [String: String] = [:]

        /// Nothing is needed, or nothing is known.
        static let none = OneProcess()
    }

    /// Sequences that `vllm serve` runs at once by default: `EngineArgs.get_batch_defaults`, the same in all tested
    /// releases. The GPU's name is as in vLLM, where a larger number made A100s slower.
    ///
    /// - Parameter parts: processes over which the model is spread.
    func defaultSequences(on device: GPUDevice?, parts: Int) -> Int {
        // A planned GPU may be in a different machine from this CPU build.
        guard let device else { return isCPUBuild ? 128.times(parts) : 256 }
        return device.total >= .gibibytes(70) && !device.name.lowercased().contains("a100") ? 1024 : 256
    }

    private func isSince(_ major: Int, _ minor: Int, _ patch: Int) -> Bool {
        release.map { $0 >= Release(major, minor, patch) } ?? true
    }
}

extension VLLMVersion {
    /// - Throws: ``EngineError`` if this program needs a newer version.
    func check(for engine: String, remedy: String) throws {
        guard !isPocket, let release, release < Self.oldest else { return }
        throw EngineError(
            .cannotLaunch, engine: engine,
            "vLLM \(self) is too old: rsd-batch needs \(Self.oldest) or newer, and is tested with \(Self.triedInWords)",
            remedy: remedy)
    }

    /// A warning about an untested version; nil for a tested one.
    package var caution: String? {
        guard let release else {
            return
                "vLLM reports the version '\(self)', which is not a release; rsd-batch treats it like the newest tested version "
                + "(\(Self.triedInWords) are tested)"
        }
        guard !isPocket, !Self.tried.contains(release) else { return nil }
        return
            "rsd-batch is not tested with vLLM \(self), only with \(Self.triedInWords); if an engine fails to start or its "
            + "responses look wrong, use one of these"
    }

    private static var triedInWords: String {
        tried.dropLast().map(\.description).joined(separator: ", ") + " and \(tried[tried.count - 1])"
    }
}
