import Reporting
import Support

/// A calibration, as text.
package struct CalibrationView: Sendable {
    package let calibration: Calibration

    package init(_ calibration: Calibration) {
        self.calibration = calibration
    }

    /// The chosen threshold if there was a goal, the figures at each threshold, and what to know of them.
    package func lines(width: Int) -> [Line] {
        let place =
            "\(calibration.settings), on \(counted(calibration.problems, "problem")) of "
            + calibration.datasets.joined(separator: ", ")
        var lines = Line(place, .dim).wrapped(to: width, indent: 2)
        if let choice = calibration.choice { lines += [Line()] + chosen(choice, width) }
        lines += [Line()] + (table.lines(width: width, leastFirst: 9) ?? stacked(width: width)) + [Line()]
        lines += footnotes.flatMap { Line($0, .dim).wrapped(to: width, indent: 2) }
        return lines + calibration.notes.flatMap { Line($0, .yellow).wrapped(to: width, indent: 2) }
    }

    // MARK: The choice

    private func chosen(_ choice: Calibration.Choice, _ width: Int) -> [Line] {
        let goal =
            choice.goal == "cost"
            ? "a cost of at most \(NumberFormat.relative(choice.value))"
            : "an accuracy of at least \(NumberFormat.percent(choice.value))"
        let first =
            Line("threshold ") + Line(NumberFormat.threshold(choice.threshold), .strong)
            + Line("  95%: \(interval(choice))", .dim) + Line(" for \(goal)")
        return ([first] + figures(choice).map { Line($0) }).flatMap { $0.wrapped(to: width, indent: 2) }
    }

    private func figures(_ choice: Calibration.Choice) -> [String] {
        let here = words(choice.accuracy, nil, choice.cost)
        var lines = here.isEmpty ? [] : ["on these problems: \(here)"]
        if let held = choice.heldOut {
            let accuracy = held.accuracyInterval.map { ("\(percent($0.lowerBound))–\(percent($0.upperBound))") }
            let figures = words(held.accuracy, accuracy, held.cost)
            let range =
                "thresholds \(NumberFormat.threshold(held.least)) to \(NumberFormat.threshold(held.largest)) in "
                + "\(held.folds) folds"
            lines.append("on problems held out: " + [figures, range].filter { !$0.isEmpty }.joined(separator: "; "))
        }
        return lines
    }

    private func words(_ accuracy: Double?, _ interval: String?, _ cost: Double?) -> String {
        let share = accuracy.map { "accuracy \(percent($0))" + (interval.map { " (\($0))" } ?? "") }
        return [share, cost.map { "cost \(NumberFormat.relative($0))" }].compactMap(\.self).joined(separator: ", ")
    }

    private func interval(_ choice: Calibration.Choice) -> String {
        switch (choice.low, choice.high) {
        case (let low?, let high?): "\(NumberFormat.threshold(low))–\(NumberFormat.threshold(high))"
        case (let low?, nil): "at least \(NumberFormat.threshold(low))"
        case (nil, let high?): "at most \(NumberFormat.threshold(high))"
        case (nil, nil): "not bounded by these thresholds"
        }
    }

    // MARK: The figures

    private var table: Table {
        Table(
            columns: [
                .init(title: "threshold"), .init(title: "method", alignRight: false),
                .init(group: "accuracy", title: ""), .init(group: "accuracy", title: "95%", gap: 1),
                .init(title: "rewritten"), .init(title: "cost"),
            ],
            rows: calibration.points.map { point in
                .cells([
                    Line(NumberFormat.threshold(point.threshold), .strong), Line(point.method ?? "estimated", .dim),
                    Line(percent(point.accuracy)), Line(interval(point), .dim), Line(percent(point.rewritten)),
                    Line(point.cost.map(NumberFormat.relative) ?? "–"),
                ])
            })
    }

    private func stacked(width: Int) -> [Line] {
        calibration.points.flatMap { point in
            (Line(NumberFormat.threshold(point.threshold), .strong) + "  "
                + Line("accuracy \(percent(point.accuracy)), rewritten \(percent(point.rewritten)), ")
                + "cost \(point.cost.map(NumberFormat.relative) ?? "–")")
                .wrapped(to: width, indent: 2)
        }
    }

    private func interval(_ point: Calibration.Point) -> String {
        guard let low = point.accuracyLow, let high = point.accuracyHigh else { return "" }
        return "\(percent(low))–\(percent(high))"
    }

    private func percent(_ share: Double?) -> String { NumberFormat.percent(share) }

    private var footnotes: [String] {
        [
            "rewritten: steps that the target wrote. cost: FLOPs per answer as the paper counts, relative to the target alone."
        ]
    }
}
