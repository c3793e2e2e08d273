import RSDJobs
import Support

/// A plan as text.
package struct PlanView: Sendable {
    package let plan: JobPlan
    package let comparison: PlanComparison?

    package init(_ plan: JobPlan, comparison: PlanComparison? = nil) {
        self.plan = plan
        self.comparison = comparison
    }

    package func lines(width: Int) -> [Line] {
        let counts = [
            NumberFormat.counted(plan.methods, "method"), NumberFormat.counted(plan.problems, "problem"),
            NumberFormat.counted(plan.trajectories, "trajectory", "trajectories"),
        ].joined(separator: ", ")
        var lines = (Line(plan.job, .strong) + Line("  \(counts)", .dim)).wrapped(to: width)
        lines += [Line()] + table(models, width) + [Line()] + memory(width)
        lines += [Line()] + table(figures, width)
        if let comparison { lines += verdict(comparison, width) }
        lines += [Line()] + costs(width) + tail(width) + [Line()]
        lines.append(Line("based on", .dim))
        return lines + plan.basis.flatMap { Line("  - \($0)", .dim).wrapped(to: width, indent: 4) }
    }

    private func table(_ table: Table, _ width: Int) -> [Line] {
        table.lines(width: width) ?? table.lines(width: .max)?.map { $0.truncated(to: width) } ?? []
    }

    private var models: Table {
        var table = Table(columns: [
            .init(title: "model", alignRight: false), .init(title: "weights"), .init(title: "in memory"),
            .init(title: "cache of a request"),
        ])
        let isSpread = plan.models.contains { $0.gpus != nil }
        if isSpread { table.columns.insert(.init(title: "GPUs"), at: 2) }
        table.rows = plan.models.map { model in
            .cells(
                [
                    Line(([model.role] + (model.also ?? [])).map(\.rawValue).joined(separator: " + "), .strong),
                    Line(model.parameters.map { NumberFormat.si($0) } ?? "–"),
                ] + (isSpread ? [Line(String(model.gpus ?? 1))] : []) + [
                    Line(Self.size(model.weights)),
                    Line(Self.size(model.cache)),
                ])
        }
        return table
    }

    private func memory(_ width: Int) -> [Line] {
        let groups = plan.groups.map { group -> Line in
            let names = group.roles.map(\.rawValue).joined(separator: " + ")
            guard group.need > 0 else { return Line("\(names): on servers that you run") }
            let line = Line("\(names): at least \(Self.size(group.need))")
            guard let budget = group.budget else { return line }
            return line + " of \(Self.size(budget))  "
                + (group.need <= budget ? Line("fits", .green) : Line("may not fit", .red))
        }
        // The program's own reasons begin with the residency.
        let reason =
            plan.reason.map {
                $0.hasPrefix(plan.residency.rawValue) ? String($0.dropFirst(plan.residency.rawValue.count)) : ": \($0)"
            } ?? ""
        return (Line("residency  ", .dim) + Line(plan.residency.rawValue, .strong) + reason).wrapped(
            to: width, indent: 11)
            + needed.flatMap { $0.wrapped(to: width, indent: 11) }
            + groups.flatMap { (Line("           ") + $0).wrapped(to: width, indent: 13) }
    }

    private var needed: [Line] {
        guard let gpus = plan.gpus, gpus > 1 else { return [] }
        return [
            Line("GPUs       ", .dim) + Line(String(gpus), .strong) + " on one machine; sizes are those on each of them"
        ]
    }

    private var figures: Table {
        var table = Table(columns: [
            .init(title: "what it takes", alignRight: false), .init(title: "expected"), .init(title: "from"),
            .init(title: "to"),
        ])
        let taken = Dictionary(uniqueKeysWithValues: (comparison?.rows ?? []).map { ($0.name, $0) })
        if comparison != nil { table.columns += [.init(title: "taken"), .init(title: "", alignRight: false)] }
        table.rows = plan.figures.map { figure in
            func words(_ value: Double) -> String { Self.words(value, figure.name.unit) }
            var cells = [
                Line(figure.name.words), Line(words(figure.range.expected), .strong),
                Line(words(figure.range.low), .dim),
                Line(words(figure.range.high), .dim),
            ]
            if comparison != nil {
                let row = taken[figure.name]
                cells.append(Line(row.map { words($0.taken) } ?? "–"))
                cells.append(row?.isWithin == true ? Line("within", .green) : Line("outside", .red))
            }
            return .cells(cells)
        }
        return table
    }

    private func verdict(_ comparison: PlanComparison, _ width: Int) -> [Line] {
        var text = "\(comparison.within) of \(comparison.rows.count) figures are within the planned range"
        if comparison.finished < comparison.total {
            text +=
                "; only \(comparison.finished) of \(comparison.total) trajectories are finished, but a plan covers all"
        }
        return [Line()] + Line(text).wrapped(to: width)
    }

    private func costs(_ width: Int) -> [Line] {
        plan.costs.prefix(4).enumerated().flatMap { place, cost in
            let figures =
                "\(NumberFormat.percent(cost.share, places: 0)) of the time, \(NumberFormat.duration(cost.seconds))"
            return (Line(place == 0 ? "time on   " : "          ", .dim) + Line(cost.what) + Line("  \(figures)", .dim))
                .wrapped(to: width, indent: 10)
        }
    }

    private func tail(_ width: Int) -> [Line] {
        guard let tail = plan.tail else { return [] }
        func loading(_ loading: JobPlan.Tail.Loading) -> String {
            let what = [
                loading.starts > 0 ? NumberFormat.counted(loading.starts, "start") : nil,
                loading.wakes > 0 ? NumberFormat.counted(loading.wakes, "wake-up") : nil,
            ].compactMap(\.self).joined(separator: " and ")
            return "\(what), \(NumberFormat.duration(loading.seconds)), "
                + "\(NumberFormat.percent(loading.share, places: 0)) of the time"
        }
        let waves =
            tail.firstWave == tail.lastWave
            ? "wave \(tail.firstWave) works" : "waves \(tail.firstWave) to \(tail.lastWave) work"
        let most = NumberFormat.counted(tail.trajectories, "trajectory", "trajectories")
        var texts = ["\(waves) on at most \(most): \(loading(tail.inTurns)), with the models in turns"]
        if let together = tail.together {
            texts.append(
                "with all models up together (engine.tail): \(loading(together))"
                    + (tail.isTogether ? ", as planned here" : ""))
        }
        return texts.enumerated().flatMap { place, text in
            (Line(place == 0 ? "tail      " : "          ", .dim) + Line(text)).wrapped(to: width, indent: 10)
        }
    }

    private static func words(_ value: Double, _ unit: JobPlan.Name.Unit) -> String {
        switch unit {
        case .count: NumberFormat.grouped(value)
        case .tokens: NumberFormat.si(value)
        case .seconds: NumberFormat.duration(value)
        }
    }

    /// `14.2 GiB`, `3.1 MiB`
    private static func size(_ bytes: Int) -> String {
        let mebibytes = Double(bytes) / 1_048_576
        return mebibytes < 100
            ? NumberFormat.fixed(mebibytes, 1) + " MiB" : NumberFormat.fixed(mebibytes / 1024, 1) + " GiB"
    }
}
