import Decoding
import JobSpecs
import Support

/// What a finished run says about the threshold of a method: accuracy and cost at each, and which one meets a goal.
package struct Calibration: Sendable, Encodable {
    /// Where the figures come from.
    package enum Basis: String, Sendable, Encodable {
        /// The run tried several thresholds.
        case thresholds
        /// The run tried one, and the costs at others are estimated from the rewards that it saw.
        case rewards
    }

    /// The figures at one threshold.
    package struct Point: Sendable, Equatable, Encodable {
        package var threshold: Double
        /// The method of the run that has this threshold; nil if none has.
        @Nulled package var method: String?
        /// Mean over problems; nil where it is unknown. With its 95 % interval.
        @Nulled package var accuracy: Double?
        @Nulled package var accuracyLow: Double?
        @Nulled package var accuracyHigh: Double?
        /// Share of the steps that the target wrote.
        @Nulled package var rewritten: Double?
        /// FLOPs per answer as the paper counts, relative to those of the target alone; nil if unknown.
        @Nulled package var cost: Double?

        init(
            threshold: Double, method: String? = nil, accuracy: Double? = nil, interval: ClosedRange<Double>? = nil,
            rewritten: Double?, cost: Double?
        ) {
            (self.threshold, self.method, self.accuracy) = (threshold, method, accuracy)
            (accuracyLow, accuracyHigh) = (interval?.lowerBound, interval?.upperBound)
            (self.rewritten, self.cost) = (rewritten, cost)
        }

        private enum CodingKeys: String, CodingKey {
            case threshold, method, accuracy, rewritten, cost
            case accuracyLow = "accuracy_low"
            case accuracyHigh = "accuracy_high"
        }
    }

    /// The threshold that meets the goal.
    package struct Choice: Sendable, Encodable {
        /// `accuracy` or `cost`.
        package var goal: String
        /// The accuracy to reach, or the cost not to exceed.
        package var value: Double
        package var threshold: Double
        /// Ends of its 95 % interval over problems; nil where the run's thresholds do not bound it.
        @Nulled package var low: Double?
        @Nulled package var high: Double?
        /// On the run's problems, on which it was chosen.
        @Nulled package var accuracy: Double?
        @Nulled package var cost: Double?
        @Nulled package var heldOut: HeldOutFigures?

        init(_ goal: CalibrationGoal, _ found: ThresholdChoice, on evidence: ThresholdEvidence) {
            (self.goal, value) = (goal.key, goal.value)
            (threshold, low, high) = (found.threshold, found.low, found.high)
            (accuracy, cost) = (evidence.accuracy(at: threshold), evidence.cost(at: threshold))
            heldOut = HeldOutFigures(goal, on: evidence)
        }

        private enum CodingKeys: String, CodingKey {
            case goal, value, threshold, low, high, accuracy, cost
            case heldOut = "held_out"
        }
    }

    /// The run directory, as the user gave it.
    package let run: String
    /// The methods' shared settings, such as `rsd, weighting: binary_step`.
    package let settings: String
    package let datasets: [String]
    package let problems: Int
    package let basis: Basis
    /// In ascending order of the thresholds.
    package private(set) var points: [Point]
    /// nil without a goal.
    @Nulled package private(set) var choice: Choice?
    /// What to know before the figures, in whole sentences.
    package private(set) var notes: [String] = []
    /// See ``CalibratedThreshold/settings``. Not in the document.
    private let methodSettings: String

    private enum CodingKeys: String, CodingKey {
        case run, settings, datasets, problems, basis, points, choice, notes
    }
}

extension Calibration {
    /// - Parameters:
    ///   - path: the run directory.
    ///   - goal: nil for the figures alone.
    ///   - method: one of the run's methods, or the key of some; needed if the thresholds of several differ in other settings too.
    ///   - kind: the key of the methods that count; nil for all.
    ///   - dataset: nil for the problems of all data sets together.
    /// - Throws: ``CalibrationFault``, and what ``RunReport/init(_:)`` throws.
    package init(
        run path: String, goal: CalibrationGoal?, method: String? = nil, kind: String? = nil, dataset: String? = nil
    ) throws {
        let run = try FinishedRun(path: path)
        let sweep = try run.sweep(method: method, kind: kind)
        try self.init(run, sweep, lines: run.lines(of: dataset), goal, datasets: dataset.map { [$0] } ?? run.datasets)
    }

    private init(
        _ run: FinishedRun, _ sweep: ThresholdSweep, lines: [ResultLine], _ goal: CalibrationGoal?, datasets: [String]
    ) throws(CalibrationFault) {
        let tried = sweep.distinct
        let names = Set(tried.map(\.name))
        let observed = ThresholdEvidence(tried, in: lines, target: run.targetAlone, run.flops)
        guard !observed.problems.isEmpty else { throw run.fault("none of its problems has an answer") }
        self.run = run.path
        settings = sweep.settings
        methodSettings = run.methods.first { names.contains($0.name) }?.kind.settingsBesideThreshold ?? ""
        self.datasets = datasets
        problems = observed.problems.count
        points = tried.map { observed.point(at: $0.threshold, method: $0.name, lines) }
        let estimated =
            tried.count == 1 && run.methods.contains { $0.name == tried[0].name && !$0.kind.settings.drawsVerdicts }
            ? ThresholdEvidence(
                rewardsOf: tried[0].name, at: tried[0].threshold, in: lines, target: run.targetAlone, run.flops) : nil
        basis = tried.count > 1 ? .thresholds : .rewards
        if let estimated {
            addEstimates(estimated, lines.filter { names.contains($0.method) }.flatMap(\.judgedRewards))
        }
        note(run, lines.filter { names.contains($0.method) }, isEstimated: estimated != nil)
        guard let goal else { return }
        try choose(goal, observed, estimated, run, tried)
    }

    private mutating func choose(
        _ goal: CalibrationGoal, _ observed: ThresholdEvidence, _ estimated: ThresholdEvidence?, _ run: FinishedRun,
        _ tried: [(threshold: Double, name: String)]
    ) throws(CalibrationFault) {
        var evidence = observed
        if tried.count == 1 {
            guard case .cost = goal else { throw run.needsThresholds(tried[0]) }
            guard let estimated else {
                throw run.fault(
                    "its method \(tried[0].name) tried one threshold, and its verdicts do not follow from rewards alone",
                    FinishedRun.howToAdd)
            }
            evidence = estimated
        }
        if case .cost = goal, !evidence.hasCosts { throw run.lacksCosts }
        guard let found = ThresholdChoice(goal, on: evidence) else { throw run.unreachable(goal, points) }
        // Digits beyond these mean nothing, and rewards that are whole numbers fall between two of them.
        let isWhole = tried.allSatisfy { $0.threshold == $0.threshold.rounded() } && tried.contains { $0.threshold > 1 }
        let whole: FloatingPointRoundingRule = goal.key == "cost" ? .down : .up
        func rounded(_ threshold: Double) -> Double {
            isWhole ? threshold.rounded(whole) : (threshold * 10_000).rounded() / 10_000
        }
        let choice = ThresholdChoice(
            threshold: rounded(found.threshold), low: found.low.map(rounded), high: found.high.map(rounded))
        self.choice = Choice(goal, choice, on: evidence)
    }

    private mutating func addEstimates(
        _ evidence: ThresholdEvidence, _ judged: [(reward: Double, isAccepted: Bool)]
    ) {
        for tenth in 0...10 where !points.contains(where: { $0.threshold == Double(tenth) / 10 }) {
            let threshold = Double(tenth) / 10
            let rewritten = Proportion(judged.count { $0.reward < threshold }, of: judged.count).value
            points.append(Point(threshold: threshold, rewritten: rewritten, cost: evidence.cost(at: threshold)))
        }
        points.sort { $0.threshold < $1.threshold }
    }

    private mutating func note(_ run: FinishedRun, _ lines: [ResultLine], isEstimated: Bool) {
        if isEstimated {
            notes.append(
                "The run tried one threshold. What is said of others is estimated from the rewards that it saw there, as though "
                    + "the draft wrote the same steps at each; their accuracy is unknown. \(FinishedRun.howToAdd)")
        }
        let failed = lines.count { $0.finish == .failed }
        if failed > 0 { notes.append("\(counted(failed, "answer")) failed, which count as wrong.") }
        if run.targetAlone == nil {
            notes.append("Costs are relative to the target alone, and the run has no `target_only`.")
        }
    }
}

extension Calibration {
    /// What a job takes from a run.
    ///
    /// - Throws: as ``init(run:goal:method:kind:dataset:)``.
    package static func threshold(_ request: ThresholdRequest, path: String) throws -> CalibratedThreshold {
        let calibration = try Calibration(
            run: path, goal: request.goal, method: request.method, kind: request.kind, dataset: request.dataset)
        let choice = calibration.choice
        return CalibratedThreshold(
            request: request, threshold: choice?.threshold ?? 0, settings: calibration.methodSettings, low: choice?.low,
            high: choice?.high)
    }
}

extension ThresholdEvidence {
    fileprivate func point(at threshold: Double, method: String, _ lines: [ResultLine]) -> Calibration.Point {
        let interval = accuracyInterval(at: threshold)
        let steps = lines.filter { $0.method == method }.flatMap(\.steps)
        return Calibration.Point(
            threshold: threshold, method: method, accuracy: accuracy(at: threshold),
            interval: interval,
            rewritten: Proportion(steps.count { $0.origin == .target }, of: steps.count).value,
            cost: cost(at: threshold))
    }
}

extension ThresholdSweep {
    /// Each threshold once, with its first method.
    fileprivate var distinct: [(threshold: Double, name: String)] {
        var tried: [(threshold: Double, name: String)] = []
        for point in points where tried.last?.threshold != point.threshold {
            tried.append((point.threshold, point.method))
        }
        return tried
    }
}
