import JobSpecs
import ModelLifecycle
import Runner
import Support

/// The speed of an engine, in seconds.
struct EngineSpeed: Sendable, Equatable {
    /// A start, until the engine is ready.
    var start: PlanRange
    /// A wake from sleep.
    var wake: PlanRange
    /// A token of a prompt, with many requests in flight.
    var read: PlanRange
    /// A generated token, with many requests in flight.
    var written: PlanRange
    /// A token of the response that all others wait for.
    var serial: PlanRange
}

extension HardwareAssumptions {
    /// The speed of an engine for a model.
    ///
    /// - Parameters:
    ///   - parameters: number of weights that a token passes through.
    ///   - isWarm: whether engines start warm if possible.
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

    /// The assumptions in sentences.
    func sentences(isWarm: Bool) -> [String] {
        func range(_ range: PlanRange, _ unit: String) -> String {
            "\(NumberFormat.si(range.low)) to \(NumberFormat.si(range.high))\(unit) (\(NumberFormat.si(range.expected)) likely)"
        }
        let reading = "plus loading weights at \(range(loading, "B/s"))"
        var starts = ["\(name): a start takes \(range(start, " s")) \(reading)"]
        if isWarm, let warm {
            starts = [
                "\(name): a warm start takes \(range(warm.start, " s")) \(reading)",
                "\(name): warm starts (\(warm.source)) need \(range(warm.imports, " s")) of imports once per run; with "
                    + "`engine: { warm: false }`, a start takes \(range(start, " s"))",
            ]
        }
        return starts + [
            "\(name): decoding reads weights at \(range(bandwidth, "B/s")), prompts are computed at "
                + range(compute, "FLOP/s")
        ]
    }
}
