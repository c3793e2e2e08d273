import Foundation

/// What the end of vLLM's log tells of a start that failed. The root cause stands far above the last line, which is
/// `Engine core initialization failed. See root cause above.` for whatever went wrong in the engine's process.
struct VLLMLog {
    private let lines: [Substring]

    init(_ text: String) {
        lines = text.split(whereSeparator: \.isNewline).map(Self.bare)
    }

    /// A known cause, or vLLM's own error, or nil where there is none.
    var failure: StartFailure? {
        for cause in Self.causes {
            for line in lines {
                if let failure = cause(line) { return failure }
            }
        }
        if let error = errors.last { return .because("vLLM says: \(error)") }
        return lines.contains(where: \.isPointer) ? Self.coreKilled : nil
    }

    /// The lines that a person would look for: each error once, in order; the last lines where there is none.
    var tellingLines: [String] {
        let telling = errors.suffix(6)
        return telling.isEmpty ? lines.suffix(20).map(String.init) : Array(telling)
    }

    private var errors: [String] {
        var errors: [String] = []
        for line in lines where line.prefixMatch(of: /[\w. ]*(Error|Exception|error|Value error)[:,]\s/) != nil {
            let text = line.count > 400 ? line.prefix(400) + "…" : line
            if !line.isPointer, !errors.contains(String(text)) {
                errors.append(String(text))
            }
        }
        return errors
    }

    /// Without the process, time and place that vLLM puts before a message.
    private static func bare(_ line: Substring) -> Substring {
        var rest = line
        if let prefix = rest.prefixMatch(of: /\(\w[\w-]* pid=\d+\)\s/) { rest = rest[prefix.range.upperBound...] }
        if let prefix = rest.prefixMatch(of: /(ERROR|WARNING|INFO|CRITICAL) [\d-]+ [\d:]+ \[[^\]]*\] ?/) {
            rest = rest[prefix.range.upperBound...]
        }
        return rest.drop { $0 == " " }
    }

    /// The server points to a cause that its engine core did not write. Whether the core's exit status stands there too is
    /// a matter of luck.
    private static let coreKilled = StartFailure.noMemory(
        "its engine core ended without a word, as when Linux or Slurm kill a process because memory runs out; give the job "
            + "more memory, or the engine less to hold")

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
    /// Whether this only points to a cause that stands elsewhere.
    fileprivate var isPointer: Bool {
        contains("See root cause above") || contains("See stack trace for root cause")
    }
}
