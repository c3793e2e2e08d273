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

extension HardwareAssumptions {
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
