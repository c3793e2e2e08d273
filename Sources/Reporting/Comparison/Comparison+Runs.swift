import Support

extension Comparison {
    /// - Parameters:
    ///   - runs: at least one, all different.
    ///   - against: `run/method`, or a method that only one run has. By default the first run's method in which the target works
    ///     alone, or its first method.
    /// - Throws: ``UnknownReference``.
    package init(_ runs: [ComparedRun], against: String?) throws(UnknownReference) {
        let labels = RunLabels.labels(of: runs.map { ($0.manifest.job, $0.directory.url) })
        let named = zip(labels, runs).map { (label: $0, run: $1) }
        let reference = try Reference(against, among: named)
        self.reference = reference.name
        self.runs = named.map { Run($0.run, label: $0.label) }
        let matches = runs.map { ProblemMatch($0, runs[reference.run]) }
        overlaps = named.indices.filter { $0 != reference.run }.map {
            Overlap(matches[$0], run: labels[$0], with: labels[reference.run])
        }
        differences = Difference.all(named)
        rows = []
        addRows(named, matches, reference)
        correct()
    }

    private mutating func addRows(
        _ named: [(label: String, run: ComparedRun)], _ matches: [ProblemMatch], _ reference: Reference
    ) {
        let compared = named[reference.run].run
        let theirs = compared.answers[reference.method] ?? [:]
        var datasets: [String] = []
        for dataset in named.flatMap(\.run.datasets) where !datasets.contains(dataset) { datasets.append(dataset) }
        for dataset in datasets {
            let base = compared.figures.first { $0.method == reference.method && $0.dataset == dataset }
            for (place, (label, run)) in named.enumerated() {
                for figures in run.figures where figures.dataset == dataset {
                    var row = Row(figures, run: label)
                    row.relativePaper = figures.ratio(\.flopsPaper, to: base)
                    row.relativeSpent = figures.ratio(\.flopsSpent, to: base)
                    row.isReference = place == reference.run && figures.method == reference.method
                    if !row.isReference {
                        let own = run.answers[figures.method] ?? [:]
                        row.paired = PairedTest(
                            matches[place].pairs.compactMap { pair in
                                guard pair.own.dataset == dataset, let own = own[pair.own],
                                    let other = theirs[pair.other]
                                else { return nil }
                                return PairedTest.Pair(own: own, reference: other)
                            })
                    }
                    rows.append(row)
                }
            }
        }
    }

    /// Corrects the p-values for being many.
    private mutating func correct() {
        let tested = rows.indices.filter { rows[$0].paired?.p != nil }
        for (place, p) in zip(tested, tested.compactMap { rows[$0].paired?.p }.holmAdjusted) {
            rows[place].paired?.holm = p
        }
    }
}

extension Comparison.Run {
    fileprivate init(_ run: ComparedRun, label: String) {
        self.init(
            label: label, job: run.manifest.job, directory: run.path, finished: run.finished,
            total: run.total, created: run.manifest.created, seconds: run.run.wholeSeconds, notes: run.notes)
        joules = run.run.joules?.total
    }
}

extension Comparison.Row {
    fileprivate init(_ figures: MethodFigures, run: String) {
        self.init(
            run: run, method: figures.method, dataset: figures.dataset, isReference: false, answers: figures.total,
            correct: figures.correct, failed: figures.failed)
        (accuracy, accuracyLow, accuracyHigh) = (figures.accuracy, figures.low, figures.high)
        (targetStepShare, acceptanceRate) = (figures.targetStepShare, figures.acceptanceRate)
        flopsPaper = figures.perAnswer(figures.flopsPaper)
        flopsSpent = figures.perAnswer(figures.flopsSpent)
    }
}

extension MethodFigures {
    fileprivate func ratio(_ flops: KeyPath<MethodFigures, Double?>, to base: MethodFigures?) -> Double? {
        guard let base, let own = perAnswer(self[keyPath: flops]), let its = base.perAnswer(base[keyPath: flops]),
            its > 0
        else { return nil }
        return own / its
    }
}

extension Comparison.Overlap {
    fileprivate init(_ match: ProblemMatch, run: String, with other: String) {
        func names(_ problems: [ProblemMatch.Name]) -> [String] { problems.map(\.description) }
        var counts: [[String]: Int] = [:]
        var order: [[String]] = []
        for pair in match.pairs where pair.own.dataset != pair.other.dataset {
            let key = [pair.own.dataset, pair.other.dataset]
            if counts.updateValue((counts[key] ?? 0) + 1, forKey: key) == nil { order.append(key) }
        }
        self.init(
            run: run, with: other,
            pairs: match.pairs.map { Pair(here: $0.own.description, there: $0.other.description) },
            onlyHere: names(match.onlyOwn), onlyThere: names(match.onlyOther), unknown: match.unknown,
            otherQuestion: names(match.otherQuestion),
            otherGold: names(match.otherGold),
            renamed: order.map { Renamed(here: $0[0], there: $0[1], problems: counts[$0] ?? 0) })
    }
}
