/// Checks an installation of vLLM against the machine, from what both say of themselves.
struct VLLMFindings {
    let facts: InstallationFacts
    /// The command or Python that runs vLLM.
    var place: String
    /// nil without a driver, or if it does not respond.
    var driver: GPUDriver?
    /// The GPUs that vLLM will see; nil if that is unknown, as with MIG slices.
    var devices: [GPUDevice]?
    /// Whether there are signs of a GPU that the driver's library does not list.
    var hasOtherGPU = false
    /// That of the engines.
    var environment: [String: String] = [:]

    var all: [MachineFinding] { [installed, build].compactMap(\.self) + plugins }

    // MARK: Versions

    private var installed: MachineFinding {
        let version = VLLMVersion(facts.vllm ?? "unknown")
        let build = facts.isCPUBuild ? ", the CPU build," : ""
        let text = "vLLM \(version)\(build) with Python \(facts.python) at \(place)"
        guard let caution = version.caution else { return MachineFinding(.fine, "vLLM", text) }
        return MachineFinding(.warning, "vLLM", text, remedy: caution.asSentence)
    }

    // MARK: The device

    private var build: MachineFinding? {
        let torch = "PyTorch \(facts.torch ?? "")"
        if facts.isCPUBuild {
            guard let gpu = devices?.first else { return nil }
            return MachineFinding(
                .warning, "CUDA", "this vLLM is a CPU build and does not use the \(gpu.name)",
                remedy:
                    "Install vLLM's GPU build (scripts/setup-vllm does where it finds a GPU), and name it in the job "
                    + "(`engine: { venv: DIR }`).")
        }
        if let hip = facts.hip {
            return MachineFinding(
                .note, "CUDA", "\(torch) is built for ROCm \(hip); the memory of such GPUs is not measured",
                remedy: "Set `residency: swap`, or `gpu-memory-utilization` in the `args` of each model.")
        }
        guard let built = facts.cuda.flatMap(CUDAVersion.init) else {
            guard facts.torch?.hasSuffix("+cpu") == true, let gpu = devices?.first else { return nil }
            return MachineFinding(
                .warning, "CUDA", "\(torch) is built without CUDA, and vLLM cannot use the \(gpu.name) with it",
                remedy: "Install vLLM again in a new environment (scripts/setup-vllm), and name it in the job "
                    + "(`engine: { venv: DIR }`).")
        }
        if devices?.isEmpty == true, !hasOtherGPU { return missingGPU(built) }
        guard let driver, let cuda = driver.cuda else { return nil }
        return compare(built, with: cuda, of: driver, torch)
    }

    private func missingGPU(_ built: CUDAVersion) -> MachineFinding {
        let hides = environment["CUDA_VISIBLE_DEVICES"].map { " (CUDA_VISIBLE_DEVICES is '\($0)')" } ?? ""
        return MachineFinding(
            .error, "CUDA", "this vLLM is built for CUDA \(built), and no NVIDIA GPU is visible here\(hides)",
            remedy:
                "Run it on a machine with a GPU (Slurm: --gpus 1), or install vLLM's CPU build (scripts/setup-vllm).")
    }

    /// Within a major version, newer builds run on older drivers; across them only with NVIDIA's package for
    /// compatibility, which may be anywhere on the library path.
    private func compare(
        _ built: CUDAVersion, with supported: CUDAVersion, of driver: GPUDriver, _ torch: String
    ) -> MachineFinding {
        let words =
            "\(torch) is built for CUDA \(built), and the driver \(driver.version ?? "") supports CUDA \(supported)"
        guard built.major > supported.major else {
            return MachineFinding(built > supported ? .note : .fine, "CUDA", words)
        }
        let mayBeCompatible =
            environment["LD_LIBRARY_PATH"]?.contains("compat") == true
            || environment["VLLM_ENABLE_CUDA_COMPATIBILITY"] == "1"
        let driver = built.oldestDriver.map { "\($0) or newer" } ?? "a newer version"
        return MachineFinding(
            mayBeCompatible ? .warning : .error, "CUDA", words,
            remedy: "Update NVIDIA's driver to \(driver), or install a vLLM that is built for CUDA \(supported.major).")
    }

    // MARK: Plugins

    /// Plugins that `VLLM_PLUGINS` names and that are not installed: vLLM then loads none of that name.
    private var plugins: [MachineFinding] {
        guard let list = environment["VLLM_PLUGINS"] else { return [] }
        let missing = list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter {
            !$0.isEmpty && !facts.plugins.contains($0)
        }
        guard !missing.isEmpty else { return [] }
        let others = facts.plugins.isEmpty ? "it has none" : "it has \(facts.plugins.joined(separator: ", "))"
        return [
            MachineFinding(
                .warning, "plugins",
                "VLLM_PLUGINS names \(missing.joined(separator: ", ")), which this vLLM does not have (\(others))",
                remedy: "Install the plugin in vLLM's environment, or correct VLLM_PLUGINS.")
        ]
    }
}

extension String {
    /// With a capital letter and a full stop.
    fileprivate var asSentence: String {
        let text = hasPrefix("rsd-batch") || hasPrefix("vLLM") ? self : prefix(1).uppercased() + dropFirst()
        return text.hasSuffix(".") ? text : text + "."
    }
}
