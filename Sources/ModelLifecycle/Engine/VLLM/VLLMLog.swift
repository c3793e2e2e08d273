import Foundation

/// The cause of a failed start, read from the end of vLLM's log. The root cause is far above the last line, which is
/// `Engine core initialization failed. See root cause above.` for any failure in the engine core.
struct VLLMLog {
    private let lines: [Substring]
    /// Lines that may contain the cause.
    private let faults: [Substring]
    /// The errors in order, without repetitions.
    private let errors: [String]

    /// - Parameter text: without terminal controls, see `EngineLog.tail`.
    init(_ text: String) {
        let lines = text.split(whereSeparator: \.isNewline).map(VLLMLogLine.init)
        self.lines = lines.map(\.bare)
        faults = lines.filter { !$0.isRemark || $0.bare.contains("GLIBC") }.map(\.bare)
        errors = Self.errors(in: lines)
    }

    /// A known cause, or vLLM's own error, or nil if there is none.
    var failure: StartFailure? {
        for cause in Self.causes {
            for line in faults {
                if let failure = cause(line) { return failure }
            }
        }
        if let error = errors.last { return .said("vLLM reports: \(error)") }
        let pointers = faults.filter(\.isPointer)
        return pointers.isEmpty ? nil : Self.silentEnd(status: pointers.compactMap(\.coreStatus).last)
    }

    /// The lines to show a user: each error once, in order; the last lines if there is none.
    var tellingLines: [String] {
        let telling = errors.suffix(6)
        return telling.isEmpty ? lines.suffix(20).map(String.init) : Array(telling)
    }

    /// Lines that look like errors, and the last line of each traceback, since an exception may have no message.
    private static func errors(in lines: [VLLMLogLine]) -> [String] {
        var errors: [String] = []
        /// The last frame of each process's unfinished traceback.
        var tracebacks: [Substring: String] = [:]
        for line in lines {
            var error: String?
            if line.bare == "Traceback (most recent call last):" {
                tracebacks[line.process] = ""
            } else if let place = line.place {
                if tracebacks[line.process] != nil { tracebacks[line.process] = place }
            } else if !line.isRemark,
                line.bare.prefixMatch(of: /[\w. ]*(Error|Exception|error|Value error)[:,]\s/) != nil
            {
                error = String(line.bare)
            } else if !line.isIndented, let place = tracebacks[line.process],
                let name = line.bare.prefixMatch(of: /[A-Za-z_][\w.]*(?=:|$)/)
            {
                let isAll = name.range.upperBound == line.bare.endIndex
                error = String(line.bare) + (isAll && !place.isEmpty ? " (\(place))" : "")
            }
            guard let error else { continue }
            tracebacks[line.process] = nil
            let text = error.count > 400 ? error.prefix(400) + "…" : error
            if !line.bare.isPointer, !errors.contains(text) { errors.append(text) }
        }
        return errors
    }

    /// The server refers to a cause that its engine core did not log. The core's exit status is not always there
    /// either.
    private static func silentEnd(status: Int?) -> StartFailure? {
        switch status {
        case nil, -9, 137:
            return .noMemory(
                "its engine core ended without an error message, as when Linux or Slurm kills a process for lack of memory",
                remedy: "Request more memory for the job, or reduce what the engine holds.")
        case -4:
            return .because(
                "its engine core was ended by SIGILL: this machine's processor lacks instructions that this build of vLLM uses",
                remedy: "Use a build for this processor.")
        case -7:
            return .because(
                "its engine core was ended by SIGBUS, as when /dev/shm is full",
                remedy: "Give the container a larger /dev/shm (--shm-size), or free space in it.")
        case let signal? where -64..<0 ~= signal:
            return .said("its engine core crashed: \(ExitStatus.signalled(Int32(-signal)))")
        default: return nil
        }
    }

    // MARK: Known causes

    private typealias Cause = @Sendable (Substring) -> StartFailure?

    /// Checked in this order: the first that any line shows is the cause.
    private static let causes: [Cause] = [
        { line in
            guard let found = line.firstMatch(of: /error: unrecognized arguments: (.+)/) else { return nil }
            return .because(
                "this vLLM does not know \(found.1)",
                remedy: "Correct or remove it in the job's `args`; `vllm serve --help=all` lists all flags.")
        },
        { line in
            guard let found = line.firstMatch(of: /error: argument (--[\w-]+)[^:]*: (.+)/) else { return nil }
            return .because(
                "vLLM rejects the value of \(found.1) (\(found.2))", remedy: "Correct it in the job's `args`.")
        },
        { line in
            line.contains("Address already in use") || line.contains("EADDRINUSE") ? .portTaken : nil
        },
        { line in
            let words = /max_model_len \((\d+)\) is greater than the derived max_model_len \((\w+)=([\d.]+)/
            guard let found = line.firstMatch(of: words) else { return nil }
            let own = found.3.split(separator: ".")[0]
            return .because(
                "a context of \(found.1) tokens is longer than the checkpoint's own (\(found.2) \(own))",
                remedy:
                    "If you mean that, set `context: \(found.1)` for the model in the job, which overrides the checkpoint."
            )
        },
        { line in
            guard let found = line.firstMatch(of: /Model architectures \['?([^'\]]+)'?.*\] are not supported/) else {
                return nil
            }
            return .because(
                "this vLLM does not support the architecture \(found.1)",
                remedy: "Use a newer vLLM or, for a PRM, the matching `profile`."
            )
        },
        { line in
            let words = /Free memory on device (\S+) \(([\d.]+)\/([\d.]+) GiB\).*utilization \(([\d.]+), ([\d.]+) GiB\)/
            guard let found = line.firstMatch(of: words) else { return nil }
            return .noMemory(
                "\(found.2) of \(found.3) GiB are free on GPU \(found.1), but the engine needs \(found.5) GiB",
                remedy:
                    "End other processes on the GPU, or set `gpu-memory-utilization` (\(found.4)) lower in the job's `args`."
            )
        },
        { line in
            let words =
                /Available memory on node \d+ \(([\d.]+)\/([\d.]+) GiB\).*utilization \(([\d.]+), ([\d.]+) GiB\)/
            guard let found = line.firstMatch(of: words) else { return nil }
            return .noMemory(
                "\(found.1) of \(found.2) GiB of this machine's memory are free, but the engine needs \(found.4) GiB",
                remedy:
                    "Set `gpu-memory-utilization` (\(found.3); on a CPU it is a fraction of the RAM) lower in the job's `args`."
            )
        },
        { line in
            let words = /Available memory on node \d+ \(([\d.]+)\/.*requested memory for kv \(([\d.]+)/
            guard let found = line.firstMatch(of: words) else { return nil }
            return .noMemory(
                "\(found.1) GiB of this machine's memory are free, but the KV cache needs \(found.2) GiB",
                remedy: "End other processes that use memory, or set `kv-cache-memory-bytes` lower in the job's `args`."
            )
        },
        { line in
            let words = /DefaultCPUAllocator: (?:can't allocate|not enough) memory: you tried to allocate (\d+) bytes/
            guard let found = line.firstMatch(of: words) else { return nil }
            let gibibytes = String(format: "%.1f", (Double(found.1) ?? 0) / 1_073_741_824)
            return .noMemory(
                "this machine's memory ran out at an allocation of \(gibibytes) GiB",
                remedy: "End other processes that use memory, or set `kv-cache-memory-bytes` lower in the job's `args`."
            )
        },
        { line in
            let isOutOfMemory = line.contains("CUDA out of memory") || line.contains("OutOfMemoryError")
            return isOutOfMemory
                ? .noMemory(
                    "the GPU's memory ran out while the model was loaded",
                    remedy:
                        "Use a smaller or quantised checkpoint or a shorter `context`, or end other processes on the GPU."
                ) : nil
        },
        { line in
            guard line.contains("Error in memory profiling") || line.contains("Initial free memory") else { return nil }
            return .noMemory(
                "another process allocated or released GPU memory while vLLM measured it",
                remedy: "Give the GPU to this job alone.")
        },
        { line in
            let words = /max seq len \((\d+)\), \(?([\d.]+) GiB KV cache is needed.*memory \(([\d.]+) GiB\)/
            guard let found = line.firstMatch(of: words) else { return nil }
            let fits = line.firstMatch(of: /maximum model length is (\d+)/).map { " (\($0.1) tokens would fit)" } ?? ""
            return .because(
                "one request of \(found.1) tokens needs \(found.2) GiB of KV cache, but the weights leave \(found.3) GiB",
                remedy: "Give the model a shorter `context`\(fits), or the engine more memory.")
        },
        { line in
            line.contains("No available memory for the cache blocks")
                ? .because(
                    "the weights leave no memory for the KV cache",
                    remedy:
                        "Raise `gpu-memory-utilization` in the job's `args`, or use a smaller or quantised checkpoint.")
                : nil
        },
        { line in
            let words = /max_num_batched_tokens \((\d+)\) is smaller than max_model_len \((\d+)\)/
            guard let found = line.firstMatch(of: words) else { return nil }
            return .because(
                "max-num-batched-tokens (\(found.1)) must be at least the context (\(found.2)) for this kind of PRM",
                remedy: "Raise it in the job's `args`, or give the PRM a shorter `context`.")
        },
        { line in
            guard let found = line.firstMatch(of: /There is no module or parameter named '([^']+)' in (\w+)/) else {
                return nil
            }
            return .because(
                "the checkpoint contains weights (\(found.1)) that \(found.2), the class in which vLLM serves it, does not have",
                remedy: "For a PRM, choose the matching `profile`.")
        },
        { line in
            let isMisfit =
                line.contains(/length \(\d+\) exceeds dimension size/) || line.contains("Attempted to load weight (")
            return isMisfit
                ? .because(
                    "the checkpoint's config.json does not match its weights",
                    remedy: "Copy the checkpoint again, all files of the same version.") : nil
        },
        { line in
            line.contains("SafetensorError")
                ? .because(
                    "the checkpoint's weights cannot be read, as after an incomplete download",
                    remedy: "Copy them again.")
                : nil
        },
        { line in
            let isMissing =
                line.contains("Repo id must be in the form")
                || line.contains("Invalid repository ID or local directory")
            return isMissing
                ? .because("there is no checkpoint at the model's path", remedy: "Correct `model` in the job.") : nil
        },
        { line in
            line.contains("Sleep mode is not supported")
                ? .because("vLLM has no sleep mode on this device", remedy: "Use `residency: swap`.") : nil
        },
        { line in
            guard let found = line.firstMatch(of: /No module named '([\w.]+)'/) else { return nil }
            return .because(
                "the Python package \(found.1) is missing from vLLM's environment",
                remedy: "Run scripts/setup-vllm to create a complete environment."
            )
        },
        { line in
            let words = /Failed to import from vllm\._C.*(GLIBC\w*_[\d.]+)' not found/
            guard let found = line.firstMatch(of: words) else { return nil }
            return .because(
                "this build of vLLM needs \(found.1), which is newer than this machine's C library",
                remedy: "Use another version of vLLM, or run it in a container.")
        },
        { line in
            let isBlind =
                line.contains("Failed to infer device type") || line.contains("No CUDA GPUs are available")
                || line.contains("Found no NVIDIA driver")
            return isBlind
                ? .because(
                    "vLLM finds no GPU, and this is not its CPU build",
                    remedy: "Run `scripts/setup-vllm --cpu` to create an environment with the CPU build."
                )
                : nil
        },
    ]
}

extension Substring {
    /// How the engine core ended, as Python reports it: an exit status, or the negative number of a signal.
    fileprivate var coreStatus: Int? {
        firstMatch(of: /Failed core proc\(s\): \{[^}]*: (-?\d+)/).flatMap { Int($0.1) }
    }

    /// Whether the line only refers to a cause elsewhere in the log.
    fileprivate var isPointer: Bool {
        contains("See root cause above") || contains("See stack trace for root cause")
    }
}
