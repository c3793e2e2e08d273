import JobSpecs
import ModelLifecycle

extension MachineMemory {
    /// Measures the machine's memory as the job's engines will find it.
    ///
    /// - Parameter atRest: whether to wait until the GPU's memory has settled.
    /// - Throws: `EngineError` if the engine is not installed; ``ResidencyImpossible`` if there are too few GPUs.
    package static func measure(for job: JobSpec, dialect: any EngineDialect, atRest: Bool = false) async throws
        -> MachineMemory
    {
        let engine = job.engine
        let host = HostMemory.now()
        // Engines that run on the CPU need no GPU.
        guard try await dialect.usesGPU() else {
            return host.map { .host($0) } ?? .unknown("the kernel does not report the machine's memory")
        }
        let devices: [GPUDevice]
        do throws(GPUUnmeasurable) {
            let probe = GPUProbe(environment: engine.environment)
            devices = atRest ? try await probe.devicesAtRest() : try await probe.devices()
        } catch {
            return .unknown("\(error)")
        }
        guard !devices.isEmpty else {
            return .unknown("no NVIDIA GPU is visible here, and the installed \(engine.kind.title) is not a CPU build")
        }
        return try MachineMemory.gpu(devices, host).reduced(to: job.gpus)
    }

    /// The same with the first GPUs alone, over which models are spread.
    ///
    /// - Throws: ``ResidencyImpossible`` if there are fewer.
    package func reduced(to count: Int) throws(ResidencyImpossible) -> MachineMemory {
        guard case .gpu(let devices, let host) = self else { return self }
        guard devices.count >= count else {
            throw ResidencyImpossible(
                "the job spreads a model over \(count) GPUs, and the machine has \(devices.count)",
                remedy:
                    "Use a machine with more (Slurm: --gpus \(count)), make more visible (CUDA_VISIBLE_DEVICES), or lower "
                    + "`tensor-parallel-size`, `pipeline-parallel-size` or `data-parallel-size` in `args`.")
        }
        return .gpu(Array(devices.prefix(count)), host)
    }
}
