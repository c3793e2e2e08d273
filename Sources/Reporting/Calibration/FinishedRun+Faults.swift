import JobSpecs
import Support

extension FinishedRun {
    static let howToAdd =
        "Add thresholds to its job, such as `threshold: [0.5, 0.6, 0.7, 0.8, 0.9]`, and run it again: the run grows by what "
        + "is new."

    func needsThresholds(_ tried: (threshold: Double, name: String)) -> CalibrationFault {
        fault(
            "its method \(tried.name) tried only the threshold \(NumberFormat.threshold(tried.threshold)), and the accuracy at "
                + "others is not known from that", Self.howToAdd)
    }

    var lacksCosts: CalibrationFault {
        targetAlone == nil
            ? fault(
                "costs are relative to the target alone, and the run has no `target_only`",
                "Add `target_only` to its job and run it again: the run grows by what is new.")
            : fault(
                "its costs are unknown, since the number of weights of a model is",
                "Set `parameters` of the model in the run's job.yaml, and run `rsd-batch grade`.")
    }

    func unreachable(_ goal: CalibrationGoal, _ points: [Calibration.Point]) -> CalibrationFault {
        func at(_ point: Calibration.Point?) -> String {
            point.map { " at \(NumberFormat.threshold($0.threshold))" } ?? ""
        }
        switch goal {
        case .accuracy(let wanted):
            let best = points.max { ($0.accuracy ?? 0) < ($1.accuracy ?? 0) }
            return fault(
                "none of its thresholds reaches an accuracy of \(NumberFormat.percent(wanted)): the highest is "
                    + NumberFormat.percent(best?.accuracy) + at(best),
                "Ask for less, or try higher thresholds.")
        case .cost(let wanted):
            let least = points.min { ($0.cost ?? .infinity) < ($1.cost ?? .infinity) }
            return fault(
                "none of its thresholds costs at most \(NumberFormat.relative(wanted)) of the target alone: the least is "
                    + (least?.cost.map(NumberFormat.relative) ?? "–") + at(least),
                "Allow more, or try lower thresholds.")
        }
    }
}
