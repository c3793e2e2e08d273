/// What differs between vLLM's versions, as far as this program is concerned: the one table of it, read in their sources.
///
/// A version that says no release is taken for the newest.
extension VLLMVersion {
    /// The releases that were seen to work, on the CPU build.
    static let tried = [Release(0, 13, 0), Release(0, 14, 1), Release(0, 20, 2), Release(0, 32, 0)]

    /// The newest of them.
    static let newest = VLLMVersion(tried[tried.count - 1].description)

    /// The first that serves `*ForTokenClassification` checkpoints as scorers. Older ones lack more: `--pooler-config` (0.11.0),
    /// `return_token_ids` (0.10.2), `--runner` and `--convert` (0.10.0).
    static let oldest = Release(0, 13, 0)

    /// `task` in `--pooler-config`. Older versions score tokens where a model is a classifier.
    var knowsPoolerTask: Bool { isSince(0, 19, 0) }

    /// Whether the CPU build heeds `--kv-cache-memory-bytes`. Older ones only read VLLM_CPU_KVCACHE_SPACE, in whole GiB.
    var readsCacheBytesOnCPU: Bool { isSince(0, 20, 0) }

    /// `VLLM_CPU_OMP_THREADS_BIND=nobind`, which from 0.20.0 to 0.20.2 ends in an IndexError.
    var knowsNobind: Bool { !isSince(0, 20, 0) || isSince(0, 21, 0) }

    /// The releases whose forks were seen to answer as engines that are spawned, on the CPU build.
    static let triedInForks = [Release(0, 32, 0)]

    /// See ``ForkServerPlan/Trust``. A GPU has not been at hand.
    func trustInForks(isWanted: Bool) -> ForkServerPlan.Trust {
        guard let release, Self.triedInForks.contains(release) else {
            return isWanted
                ? .unproven
                : .refused(
                    "vLLM \(self) was never seen to do that well; `warm: true` in the job's `engine` section tries it")
        }
        return isCPUBuild ? .proven : .unproven
    }

    /// What keeps an only worker in the process of the engine core, as it is on a GPU.
    ///
    /// From 0.20.0 on the CPU build gives it a process of its own, to bind its threads by the environment. That costs a third of a
    /// gigabyte and another import of everything, and the worker watches its queue at full speed for a second after each step.
    var oneProcess: OneProcess {
        guard isCPUBuild, isSince(0, 20, 0) else { return .none }
        guard isSince(0, 32, 0) else {
            // Only the short name, `uni`, is overruled.
            let executor = "vllm.v1.executor.uniproc_executor.UniProcExecutor"
            return OneProcess(words: ["--distributed-executor-backend", executor])
        }
        return OneProcess(environment: ["VLLM_ENABLE_V1_MULTIPROCESSING": "0"])
    }

    struct OneProcess {
        var words: [String] = []
        var environment: [String: String] = [:]

        /// Nothing is needed, or known.
        static let none = OneProcess()
    }

    /// Sequences that `vllm serve` runs at once where no flag says it: `EngineArgs.get_batch_defaults`, which comes to the same in
    /// all releases that were tried. The GPU's name is as in vLLM: a larger number made A100s slower there.
    ///
    /// - Parameter parts: processes over which the model is spread.
    func defaultSequences(on device: GPUDevice?, parts: Int) -> Int {
        // A GPU that is only planned for may be on another machine than this CPU build.
        guard let device else { return isCPUBuild ? 128.times(parts) : 256 }
        return device.total >= .gibibytes(70) && !device.name.lowercased().contains("a100") ? 1024 : 256
    }

    private func isSince(_ major: Int, _ minor: Int, _ patch: Int) -> Bool {
        release.map { $0 >= Release(major, minor, patch) } ?? true
    }
}

extension VLLMVersion {
    /// - Throws: ``EngineError`` where this program needs a newer one.
    func check(for engine: String, remedy: String) throws {
        guard !isPocket, let release, release < Self.oldest else { return }
        throw EngineError(
            .cannotLaunch, engine: engine,
            "vLLM \(self) is too old: rsd-batch needs \(Self.oldest) or newer, and was tried with \(Self.triedInWords). "
                + remedy)
    }

    /// A sentence for whoever uses a version that was never tried; nil for one that was.
    package var caution: String? {
        guard let release else {
            return
                "vLLM calls its version '\(self)', which is no release; it is used like the newest that rsd-batch was tried "
                + "with (\(Self.triedInWords))"
        }
        guard !isPocket, !Self.tried.contains(release) else { return nil }
        return
            "rsd-batch was never tried with vLLM \(self), but with \(Self.triedInWords); if an engine fails to start or "
            + "its answers look wrong, use one of these"
    }

    private static var triedInWords: String {
        tried.dropLast().map(\.description).joined(separator: ", ") + " and \(tried[tried.count - 1])"
    }
}
