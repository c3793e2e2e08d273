import JobSpecs
import ModelLifecycle
import Runner
import Support

/// How long an engine takes over things, in seconds.
struct EngineSpeed: Sendable, Equatable {
    /// Until it is ready.
    var start: PlanRange
    var wake: PlanRange
    /// For a token of a prompt, with many requests in flight.
    var read: PlanRange
    /// For a token that it writes, with many requests in flight.
    var written: PlanRange
    /// For a token of the answer that all others have to wait for.
    var serial: PlanRange
}

/// What a plan takes for granted of machines: what engines get out of them, which is less than what they have.
struct Hardware: Sendable, Equatable {
    var name: String
    /// Seconds of a cold start without the weights: imports, compilation, graphs.
    var start: PlanRange
    /// nil where engines do not start warm.
    var warm: WarmStarts?
    /// Bytes of weights a second from disk into the engine.
    var loading: PlanRange
    var wake: PlanRange
    /// Bytes of weights a second that decoding reads.
    var bandwidth: PlanRange
    /// Floating-point operations a second.
    var compute: PlanRange
    /// Seconds for each token beside all that.
    var overhead = PlanRange(exactly: 0)

    /// Engines that are forked from a process that has done their imports.
    struct WarmStarts: Sendable, Equatable {
        /// Seconds of these imports, once in a run.
        var imports: PlanRange
        /// Seconds of a start without the weights.
        var start: PlanRange
        /// Where this is known from.
        var source: String
    }

    /// From a small card to an H100. Cold starts: 21 to 60 s were published for vLLM 0.11 with models of 0.6B to 4B; throughput:
    /// 2,300 to 12,600 tokens a second for models of 7B and 8B (vLLM PR 7117, PR 18566).
    static let gpu = Hardware(
        name: "vLLM on one GPU", start: PlanRange(low: 10, expected: 40, high: 120),
        warm: WarmStarts(
            imports: PlanRange(low: 5, expected: 10, high: 25), start: PlanRange(low: 3, expected: 25, high: 110),
            source: "assumed: a cold start less 10 to 20 s of imports"),
        loading: PlanRange(low: 3e8, expected: 1.5e9, high: 5e9), wake: PlanRange(low: 0.1, expected: 1.5, high: 10),
        bandwidth: PlanRange(low: 1e11, expected: 5e11, high: 2e12),
        compute: PlanRange(low: 2e13, expected: 1e14, high: 4e14))

    static let cpu = Hardware(
        name: "vLLM's CPU build", start: PlanRange(low: 15, expected: 45, high: 150),
        warm: WarmStarts(
            imports: PlanRange(low: 5, expected: 6, high: 25), start: PlanRange(low: 0.7, expected: 1.2, high: 5),
            source: "0.8 to 1.5 s were measured on two cores"),
        loading: PlanRange(low: 1e8, expected: 1e9, high: 5e9), wake: PlanRange(exactly: 0),
        bandwidth: PlanRange(low: 3e9, expected: 2e10, high: 1.5e11),
        compute: PlanRange(low: 2e10, expected: 2e11, high: 2e12))

    static let pocket = Hardware(
        name: "the pocket engine", start: PlanRange(low: 0.02, expected: 0.15, high: 2),
        loading: PlanRange(low: 1e8, expected: 1e9, high: 5e9), wake: PlanRange(exactly: 0),
        bandwidth: PlanRange(low: 1e9, expected: 5e9, high: 3e10),
        compute: PlanRange(low: 1e9, expected: 5e9, high: 5e10),
        overhead: PlanRange(low: 5e-6, expected: 3e-5, high: 1e-4))

    static func of(_ kind: EngineKind, on machine: MachineMemory) -> Hardware {
        guard kind == .vllm else { return .pocket }
        if case .host = machine { return .cpu }
        return .gpu
    }

    /// An engine's pace by its model.
    ///
    /// - Parameters:
    ///   - parameters: weights that a token meets.
    ///   - isWarm: whether engines start warm where they can.
    func speed(parameters: Int, weights: Int, concurrency: Int, isWarm: Bool) -> EngineSpeed {
        let start = (isWarm ? warm?.start : nil) ?? start
        let (bytes, operations) = (Double(weights), 2 * Double(parameters))
        func each(_ figure: (KeyPath<PlanRange, Double>, KeyPath<PlanRange, Double>) -> Double) -> PlanRange {
            PlanRange(low: figure(\.high, \.low), expected: figure(\.expected, \.expected), high: figure(\.low, \.high))
        }
        return EngineSpeed(
            start: each { fast, slow in start[keyPath: slow] + bytes / loading[keyPath: fast] },
            wake: wake,
            read: each { fast, slow in operations / compute[keyPath: fast] + overhead[keyPath: slow] },
            written: each { fast, slow in
                max(bytes / bandwidth[keyPath: fast] / Double(concurrency), operations / compute[keyPath: fast])
                    + overhead[keyPath: slow]
            },
            serial: each { fast, slow in bytes / bandwidth[keyPath: fast] + overhead[keyPath: slow] })
    }

    /// In words.
    func sentences(isWarm: Bool) -> [String] {
        func range(_ range: PlanRange, _ unit: String) -> String {
            "\(NumberFormat.si(range.low)) to \(NumberFormat.si(range.high))\(unit) (\(NumberFormat.si(range.expected)) likely)"
        }
        let reading = "and the reading of its weights at \(range(loading, "B/s"))"
        var starts = ["\(name): a start takes \(range(start, " s")) \(reading)"]
        if isWarm, let warm {
            starts = [
                "\(name): a warm start takes \(range(warm.start, " s")) \(reading)",
                "\(name): warm starts (\(warm.source)) need \(range(warm.imports, " s")) of imports once; with "
                    + "`engine: { warm: false }`, a start takes \(range(start, " s"))",
            ]
        }
        return starts + [
            "\(name): decoding reads weights at \(range(bandwidth, "B/s")), prompts are computed at "
                + range(compute, "FLOP/s")
        ]
    }
}
