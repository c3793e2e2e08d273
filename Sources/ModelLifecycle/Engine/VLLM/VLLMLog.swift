import Foundation

/// What the end of vLLM's log tells of a start that failed. The root cause stands far above the last line, which is
/// `Engine core initialization failed. See root cause above.` for whatever went wrong in the engine's process.
struct VLLMLog {
    private let lines: [Substring]
    /// Those of them that may tell why a start failed.
    private let faults: [Substring]
    /// Each error once, in order.
    private let errors: [String]

    /// - Parameter text: without terminal controls, see `EngineLog.tail`.
    init(_ text: String) {
        let lines = text.split(whereSeparator: \.isNewline).map(VLLMLogLine.init)
        self.lines = lines.map(\.bare)
        faults = lines.filter { !$0.isRemark || $0.bare.contains("GLIBC") }.map(\.bare)
        errors = Self.errors(in: lines)
    }

    /// A known cause, or vLLM's own error, or nil where there is none.
    var failure: StartFailure? {
        for cause in Self.causes {
            for line in faults {
                if let failure = cause(line) { return failure }
            }
        }
        if let error = errors.last { return .said("vLLM says: \(error)") }
        let pointers = faults.filter(\.isPointer)
        return pointers.isEmpty ? nil : Self.silentEnd(status: pointers.compactMap(\.coreStatus).last)
    }

    /// The lines that a person would look for: each error once, in order; the last lines where there is none.
    var tellingLines: [String] {
        let telling = errors.suffix(6)
        return telling.isEmpty ? lines.suffix(20).map(String.init) : Array(telling)
    }

    /// What looks like an error, and whatever a traceback ends with: an exception needs no message.
    private static func errors(in lines: [VLLMLogLine]) -> [String] {
        var errors: [String] = []
        /// Of each process whose traceback has not ended yet, the last place in it.
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

    /// The server points to a cause that its engine core did not write. Whether the core's exit status stands there too is
    /// a matter of luck.
    private static func silentEnd(status: Int?) -> StartFailure? {
        switch status {
        case nil, -9, 137:
            return .noMemory(
                "its engine core ended without a word, as when Linux or Slurm kill a process because memory runs out; give "
                    + "the job more memory, or the engine less to hold")
        case -4:
            return .because(
                "its engine core was ended by SIGILL: this machine's processor lacks instructions that this build of vLLM "
                    + "uses; take a build for it")
        case -7:
            return .because(
                "its engine core was ended by SIGBUS, as when /dev/shm is full; give the container more of it (--shm-size), or "
                    + "free it")
        case let signal? where -64..<0 ~= signal:
            return .said("its engine core crashed: \(ExitStatus.signalled(Int32(-signal)))")
        default: return nil
        }
    }

    // MARK: Known causes

    private typealias Cause = @Sendable (Substring) -> StartFailure?

    /// In the order in which they are looked for: the first that any line shows is the cause.
    private static let causes: [Cause] = [
        { line in
            guard let found = line.firstMatch(of: /error: unrecognized arguments: (.+)/) else { return nil }
            return .because(
                "this vLLM does not know \(found.1); correct or remove it in the job's `args` "
                    + "(`vllm serve --help=all` lists what there is)")
        },
        { line in
            guard let found = line.firstMatch(of: /error: argument (--[\w-]+)[^:]*: (.+)/) else { return nil }
            return .because("vLLM refuses the value of \(found.1) (\(found.2)); correct it in the job's `args`")
        },
        { line in
            line.contains("Address already in use") || line.contains("EADDRINUSE") ? .portTaken : nil
        },
        { line in
            let words = /max_model_len \((\d+)\) is greater than the derived max_model_len \((\w+)=([\d.]+)/
            guard let found = line.firstMatch(of: words) else { return nil }
            let own = found.3.split(separator: ".")[0]
            return .because(
                "a context of \(found.1) tokens is longer than the checkpoint's own (\(found.2) \(own)); if that is meant, "
                    + "say `context: \(found.1)` at the model in the job, which overrides the checkpoint")
        },
        { line in
            guard let found = line.firstMatch(of: /Model architectures \['?([^'\]]+)'?.*\] are not supported/) else {
                return nil
            }
            return .because(
                "this vLLM cannot serve the architecture \(found.1); use a newer vLLM, or, for a PRM, the `profile` made for it"
            )
        },
        { line in
            let words = /Free memory on device (\S+) \(([\d.]+)\/([\d.]+) GiB\).*utilization \(([\d.]+), ([\d.]+) GiB\)/
            guard let found = line.firstMatch(of: words) else { return nil }
            return .noMemory(
                "\(found.2) of \(found.3) GiB are free on GPU \(found.1) and the engine was to take \(found.5) GiB; end what "
                    + "else uses the GPU, or lower `gpu-memory-utilization` (\(found.4)) in the job's `args`")
        },
        { line in
            let words =
                /Available memory on node \d+ \(([\d.]+)\/([\d.]+) GiB\).*utilization \(([\d.]+), ([\d.]+) GiB\)/
            guard let found = line.firstMatch(of: words) else { return nil }
            return .noMemory(
                "\(found.1) of \(found.2) GiB of this machine's memory are free and the engine was to take \(found.4) GiB; "
                    + "lower `gpu-memory-utilization` (\(found.3); on a CPU it is a part of the RAM) in the job's `args`"
            )
        },
        { line in
            let words = /Available memory on node \d+ \(([\d.]+)\/.*requested memory for kv \(([\d.]+)/
            guard let found = line.firstMatch(of: words) else { return nil }
            return .noMemory(
                "\(found.1) GiB of this machine's memory are free and the KV cache was to take \(found.2) GiB; end what else "
                    + "uses it, or lower `kv-cache-memory-bytes` in the job's `args`")
        },
        { line in
            let words = /DefaultCPUAllocator: (?:can't allocate|not enough) memory: you tried to allocate (\d+) bytes/
            guard let found = line.firstMatch(of: words) else { return nil }
            let gibibytes = String(format: "%.1f", (Double(found.1) ?? 0) / 1_073_741_824)
            return .noMemory(
                "this machine's memory ran out: \(gibibytes) GiB were to be taken at once; end what else uses it, or lower "
                    + "`kv-cache-memory-bytes` in the job's `args`")
        },
        { line in
            let isOutOfMemory = line.contains("CUDA out of memory") || line.contains("OutOfMemoryError")
            return isOutOfMemory
                ? .noMemory(
                    "the GPU's memory ran out while the model was loaded; use a smaller or quantised checkpoint, a shorter "
                        + "`context`, or end what else uses the GPU") : nil
        },
        { line in
            guard line.contains("Error in memory profiling") || line.contains("Initial free memory") else { return nil }
            return .noMemory(
                "another process took or gave back GPU memory while vLLM measured it; give the GPU to this job alone")
        },
        { line in
            let words = /max seq len \((\d+)\), \(?([\d.]+) GiB KV cache is needed.*memory \(([\d.]+) GiB\)/
            guard let found = line.firstMatch(of: words) else { return nil }
            let fits = line.firstMatch(of: /maximum model length is (\d+)/).map { " (\($0.1) tokens would fit)" } ?? ""
            return .because(
                "one request of \(found.1) tokens needs \(found.2) GiB of KV cache and \(found.3) GiB are left for it beside "
                    + "the weights; give the model a shorter `context`\(fits), or the engine more memory")
        },
        { line in
            line.contains("No available memory for the cache blocks")
                ? .because(
                    "no memory is left for the KV cache beside the weights; raise `gpu-memory-utilization` in the job's `args`, "
                        + "or use a smaller or quantised checkpoint") : nil
        },
        { line in
            let words = /max_num_batched_tokens \((\d+)\) is smaller than max_model_len \((\d+)\)/
            guard let found = line.firstMatch(of: words) else { return nil }
            return .because(
                "max-num-batched-tokens (\(found.1)) must be at least the context (\(found.2)) for this kind of PRM; "
                    + "raise it in the job's `args` or give the PRM a shorter `context`")
        },
        { line in
            guard let found = line.firstMatch(of: /There is no module or parameter named '([^']+)' in (\w+)/) else {
                return nil
            }
            return .because(
                "the checkpoint holds weights (\(found.1)) that have no place in \(found.2), as which vLLM serves it; for a PRM, "
                    + "choose the `profile` made for it")
        },
        { line in
            let isMisfit =
                line.contains(/length \(\d+\) exceeds dimension size/) || line.contains("Attempted to load weight (")
            return isMisfit
                ? .because(
                    "the checkpoint's config.json and its weights do not fit together; copy the checkpoint again, both of the "
                        + "same version") : nil
        },
        { line in
            line.contains("SafetensorError")
                ? .because("the checkpoint's weights cannot be read, as after a broken download; copy them again") : nil
        },
        { line in
            let isMissing =
                line.contains("Repo id must be in the form")
                || line.contains("Invalid repository ID or local directory")
            return isMissing ? .because("there is no checkpoint at the model's path; correct `model` in the job") : nil
        },
        { line in
            line.contains("Sleep mode is not supported")
                ? .because("vLLM has no sleep mode on this device; use `residency: swap`") : nil
        },
        { line in
            guard let found = line.firstMatch(of: /No module named '([\w.]+)'/) else { return nil }
            return .because(
                "the Python package \(found.1) is missing in vLLM's environment; scripts/setup-vllm makes one that is whole"
            )
        },
        { line in
            let words = /Failed to import from vllm\._C.*(GLIBC\w*_[\d.]+)' not found/
            guard let found = line.firstMatch(of: words) else { return nil }
            return .because(
                "this build of vLLM needs \(found.1), which is newer than this machine's C library; use another version of "
                    + "vLLM, or run it in a container")
        },
        { line in
            let isBlind =
                line.contains("Failed to infer device type") || line.contains("No CUDA GPUs are available")
                || line.contains("Found no NVIDIA driver")
            return isBlind
                ? .because(
                    "vLLM finds no GPU, and this is not its CPU build; scripts/setup-vllm --cpu makes an environment with that"
                )
                : nil
        },
    ]
}

extension Substring {
    /// How the engine core ended, as Python tells it: an exit status, or the negative number of a signal.
    fileprivate var coreStatus: Int? {
        firstMatch(of: /Failed core proc\(s\): \{[^}]*: (-?\d+)/).flatMap { Int($0.1) }
    }

    /// Whether this only points to a cause that stands elsewhere.
    fileprivate var isPointer: Bool {
        contains("See root cause above") || contains("See stack trace for root cause")
    }
}
