import Checkpoints
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
    ///   - weights: their bytes, on each GPU.
    ///   - gpus: how the model is spread over GPUs.
    ///   - isWarm: whether engines start warm if possible.
    func speed(
        parameters: Int, weights: Int, gpus: ModelSpread = .one, concurrency: Int, isWarm: Bool
    ) -> EngineSpeed {
        let start = (isWarm ? warm?.start : nil) ?? start
        let (bytes, operations) = (Double(weights), 2 * Double(parameters))
        // A token passes through all stages.
        let read = bytes * Double(gpus.pipeline)
        let (gain, joining) = gpus.gpus > 1 ? (gain, joining) : (PlanRange(exactly: 1), PlanRange(exactly: 0))
        func each(_ figure: (KeyPath<PlanRange, Double>, KeyPath<PlanRange, Double>) -> Double) -> PlanRange {
            PlanRange(low: figure(\.high, \.low), expected: figure(\.expected, \.expected), high: figure(\.low, \.high))
        }
        return EngineSpeed(
            start: each { fast, slow in
                start[keyPath: slow] + joining[keyPath: slow] + read * Double(gpus.tensor) / loading[keyPath: fast]
            },
            wake: wake,
            read: each { fast, slow in
                operations / compute[keyPath: fast] / gain[keyPath: fast] / Double(gpus.gpus) + overhead[keyPath: slow]
            },
            written: each { fast, slow in
                max(
                    read / bandwidth[keyPath: fast] / Double(concurrency),
                    operations / compute[keyPath: fast] / Double(gpus.gpus)) / gain[keyPath: fast]
                    + overhead[keyPath: slow]
            },
            serial: each { fast, slow in
                read / bandwidth[keyPath: fast] / gain[keyPath: fast] + overhead[keyPath: slow]
            })
    }

    /// The assumptions in sentences.
    ///
    /// - Parameter gpus: those over which a model is spread; 1 if none is.
    func sentences(isWarm: Bool, gpus: Int = 1) -> [String] {
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
        let spread =
            gpus > 1
            ? [
                "a model that is spread over GPUs gets \(NumberFormat.percent(gain.low, places: 0)) to "
                    + "\(NumberFormat.percent(gain.high, places: 0)) of their speeds together, and starts "
                    + "\(range(joining, " s")) later"
            ] : []
        return starts + spread + [
            "\(name): decoding reads weights at \(range(bandwidth, "B/s")), prompts are computed at "
                + range(compute, "FLOP/s")
        ]
    }
}
