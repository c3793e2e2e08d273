extension VLLMVersion {
    /// The number of requests that a server of this version takes at once, from its flags and its first GPU.
    ///
    /// - Parameter device: nil if there is none, or nothing is known about it.
    package func capacity(
        _ arguments: [EngineConfiguration.Argument] = [], on device: GPUDevice? = nil
    ) -> EngineCapacity {
        if isPocket { return PocketDialect.capacity(arguments) }
        func flag(_ name: String) -> String? { arguments.last { $0.plainName == name }?.value }
        func number(_ name: String) -> Int? { flag(name).flatMap(Int.init(humanReadable:)).map { max(1, $0) } }
        func parts(_ names: String...) -> Int { names.reduce(1) { $0.times(number($1) ?? 1) } }

        var sequences: Int
        if let wanted = number("max-num-seqs") {
            sequences = wanted
        } else {
            sequences = defaultSequences(on: device, parts: parts("tensor-parallel-size", "pipeline-parallel-size"))
            if flag("performance-mode") == "throughput" { sequences = sequences.times(2) }
            sequences = min(sequences, number("max-num-batched-tokens") ?? .max)
        }
        sequences = min(sequences, number("max-num-active-seqs") ?? .max)
        // The limits above apply to each replica.
        return EngineCapacity(
            sequences: sequences.times(parts("data-parallel-size")), mostRequests: number("max-num-queued-reqs"))
    }
}
