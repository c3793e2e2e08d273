import ModelLifecycle
import Support

extension MachineReport {
    /// What is good and what is not, with what to do. Nothing here is known of vLLM, except the packages beside it.
    package var findings: [MachineFinding] {
        graphics + machine + places.map(\.finding) + hub + further
    }

    // MARK: GPUs

    private var graphics: [MachineFinding] {
        if let gpuTrouble {
            return [
                MachineFinding(
                    .warning, "GPU", gpuTrouble,
                    remedy:
                        "`residency: auto` then runs one model at a time. For MIG slices, set the residency yourself, and for "
                        + "`share` each model's `gpu-memory-utilization`.")
            ]
        }
        guard let gpus, !gpus.isEmpty else {
            let hidden = environment["CUDA_VISIBLE_DEVICES"].map { "; CUDA_VISIBLE_DEVICES is '\($0)'" } ?? ""
            return [MachineFinding(.note, "GPU", "no NVIDIA GPU is visible here\(hidden)")]
        }
        let version = driver?.version.map { "driver \($0)" }
        let cuda = driver?.cuda.map { "supports CUDA \($0)" }
        let words = [version, cuda].compactMap(\.self).joined(separator: " ")
        return gpus.map(finding) + (words.isEmpty ? [] : [MachineFinding(.fine, "GPU", words)])
    }

    /// A process that holds more than this is not just the driver's own.
    private static let noticeable = Int.gibibytes(1)

    private func finding(_ gpu: GPUDevice) -> MachineFinding {
        let text = "GPU \(gpu.index): \(gpu.name), \(gpu.total.inGiB) GiB, \(gpu.free.inGiB) GiB free"
        guard gpu.used > Self.noticeable else { return MachineFinding(.fine, "GPU", text) }
        let holders = gpu.holders.map(\.description).joined(separator: ", ")
        return MachineFinding(
            .warning, "GPU", holders.isEmpty ? text : "\(text), held by \(holders)",
            remedy: "A run uses what is free. End these processes if they are yours, or choose another GPU with "
                + "CUDA_VISIBLE_DEVICES.")
    }

    // MARK: The machine

    private var machine: [MachineFinding] {
        var findings: [MachineFinding] = []
        if let memory {
            let limit = memory.isLimited ? ", the limit of this job or container" : ""
            let text = "\(memory.total.inGiB) GiB of RAM\(limit), \(memory.available.inGiB) GiB available"
            let isLittle = memory.available < .gibibytes(6)
            findings.append(
                MachineFinding(
                    isLittle ? .warning : .fine, "memory", text,
                    remedy: isLittle
                        ? "A vLLM engine takes 3 GiB of it, on the CPU also the weights. In Slurm, ask for more "
                            + "with --mem." : nil))
        }
        let few = processors.usable < processors.allowed ? ", \(processors.usable) by quota" : ""
        findings.append(
            MachineFinding(
                processors.usable < 2 ? .warning : .fine, "processors",
                "\(counted(processors.allowed, "processor"))\(few)",
                remedy: processors.usable < 2
                    ? "vLLM needs two or more: in Slurm, ask for more with --cpus-per-task." : nil))
        let isLow = openFiles < 4096
        findings.append(
            MachineFinding(
                isLow ? .warning : .fine, "open files", "at most \(openFiles) open files",
                remedy: isLow ? "Fewer requests will be in flight. Raise the limit with `ulimit -n 65536`." : nil))
        return findings
    }

    // MARK: The hub

    private var hub: [MachineFinding] {
        var findings = [
            MachineFinding(.fine, "hub", "\(counted(cachedModels, "model")) in the Hugging Face cache")
        ]
        let offline = ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"].filter { name in
            environment[name].map { ["1", "true", "yes", "on"].contains($0.lowercased()) } ?? false
        }
        if !offline.isEmpty {
            findings.append(
                MachineFinding(
                    .note, "hub", "\(offline.joined(separator: " and ")) set: nothing is downloaded",
                    remedy: "Unset it to fetch models."))
        }
        if let mirror = environment["HF_ENDPOINT"], !mirror.isEmpty {
            findings.append(MachineFinding(.note, "hub", "models come from \(mirror) (HF_ENDPOINT)"))
        }
        return findings
    }

    // MARK: Further programs

    private var further: [MachineFinding] {
        var findings: [MachineFinding] = []
        if let packages {
            let pip = "`\(python ?? "python") -m pip install"
            func package(_ name: String, _ use: String) -> MachineFinding {
                if let version = packages[name] ?? nil {
                    return MachineFinding(.fine, "packages", "\(name) \(version)")
                }
                return MachineFinding(
                    .note, "packages", "\(name) is not installed beside vLLM",
                    remedy: "\(use), install it: \(pip) \(name)`.")
            }
            findings = [
                package("math-verify", "For `grading: { with: math-verify }`"),
                package("huggingface_hub", "To fetch models by their names"),
            ]
        }
        if let job = environment["SLURM_JOB_ID"], !job.isEmpty {
            findings.append(MachineFinding(.fine, "Slurm", "inside the Slurm job \(job)"))
        } else if let slurm {
            findings.append(MachineFinding(.fine, "Slurm", "sbatch at \(slurm)"))
        } else {
            findings.append(MachineFinding(.note, "Slurm", "not here; only `rsd-batch submit` needs it"))
        }
        return findings
    }
}

extension MachineReport.Place {
    /// Whether it has room, and this user may write there.
    var finding: MachineFinding {
        let (name, least, remedy) = use.demands
        let free = disk.map { ", \(NumberFormat.bytes($0.free)) free" } ?? ""
        let text = "\(name): \(path)\(free)"
        if !isWritable {
            return MachineFinding(
                use == .temporary ? .error : .warning, "disk", "\(text), not writable by you", remedy: use.unwritable)
        }
        guard let disk, disk.free < least else { return MachineFinding(.fine, "disk", text) }
        return MachineFinding(.warning, "disk", text, remedy: remedy)
    }
}

extension MachineReport.Place.Use {
    /// The name, the least free bytes, and what to do with less.
    fileprivate var demands: (name: String, least: Int, remedy: String) {
        switch self {
        case .work:
            (
                "working directory", 1_000_000_000,
                "Runs write to `runs` here unless --run-dir names another place: free some space."
            )
        case .cache:
            ("cache", 1_000_000_000, "Free some space, or set XDG_CACHE_HOME to a directory with more.")
        case .temporary: ("temporary files", 500_000_000, "Free some space, or set TMPDIR to a directory with more.")
        case .sharedMemory:
            (
                "shared memory", 256 << 20,
                "Models on several GPUs need more: start the container with --ipc=host or --shm-size 8g."
            )
        case .models:
            ("Hugging Face cache", 40_000_000_000, "A model of 7B takes 15 GB. Set HF_HOME to a directory with more.")
        }
    }

    fileprivate var unwritable: String {
        switch self {
        case .work: "Choose another directory, or name one with --run-dir."
        case .cache:
            "Data sets cannot be fetched, and every run asks vLLM for its flags again: set XDG_CACHE_HOME to a directory of yours."
        case .temporary: "Set TMPDIR to a directory of yours."
        case .sharedMemory: "vLLM's processes need it to talk to each other: mount it with write access."
        case .models: "Models cannot be fetched: set HF_HOME to a directory of yours."
        }
    }
}
