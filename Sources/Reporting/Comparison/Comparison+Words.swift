import Support

extension Comparison {
    /// What to know before the numbers, in whole sentences.
    package var warnings: [String] {
        let notes = runs.flatMap { run in run.notes.map { "\(run.label): \($0)".withFullStop } }
        let unfit = overlaps.flatMap(\.warnings)
        let graders = differences.first { $0.key == "grader" }
        let grading = graders.map {
            ["Graded by different graders, which may judge the same answer differently (\($0.words))."]
        }
        return notes + unfit + (grading ?? [])
    }

    /// What tables of the comparison show and explain at their foot.
    package enum Figure: Hashable, CaseIterable {
        case interval, difference, differenceInterval, p, holm, flops, relative, runs
    }

    /// What the figures mean, in whole sentences.
    ///
    /// - Parameter shown: the figures that the table above shows.
    package func footnotes(_ shown: Set<Figure> = Set(Figure.allCases)) -> [String] {
        let tests = rows.compactMap(\.paired)
        var notes: [String] = []
        if shown.contains(.interval) {
            notes.append(
                "95%: Wilson's interval of the accuracy, clustered by problem if problems have several samples.")
        }
        if !tests.isEmpty, shown.contains(.difference) {
            notes.append(
                "against \(referenceName): difference of the accuracies in points, on the problems that both answered"
                    + (shown.contains(.differenceInterval) ? ", with its 95% interval." : "."))
        }
        let kinds = Set(tests.map(\.kind))
        if shown.contains(.p) { notes += testNotes(kinds) }
        if shown.contains(.holm), !tests.isEmpty {
            let count = NumberFormat.counted(tests.count { $0.holm != nil }, "test")
            let test = shown.contains(.p) ? "" : " of \(Self.words(kinds)),"
            notes.append("Holm: p\(test) corrected for the \(count) of this comparison; * if below 0.05.")
        }
        notes += costNotes(shown)
        return notes
    }

    /// Of FLOPs, time and energy.
    private func costNotes(_ shown: Set<Figure>) -> [String] {
        let flops: String? =
            switch (shown.contains(.flops), shown.contains(.relative)) {
            case (true, true): "FLOPs per answer, and relative to \(referenceName)"
            case (true, false): "FLOPs per answer"
            case (false, true): "relative: FLOPs per answer relative to \(referenceName)"
            case (false, false): nil
            }
        let kinds = "; paper: as a step-at-a-time run counts; spent: all that was read and written."
        let whole = shown.contains(.runs) ? "Time and energy are those of whole runs." : nil
        let note = [flops.map { $0 + kinds }, whole].compactMap(\.self).joined(separator: " ")
        return note.isEmpty ? [] : [note]
    }

    private static let mcNemar = "McNemar's exact (binomial) two-sided test"
    private static let pairedT =
        "paired t test on the means over each problem's samples, whose error is clustered by problem"

    private static func words(_ kinds: Set<PairedTest.Kind>) -> String {
        ((kinds.contains(.mcNemar) ? [mcNemar] : []) + (kinds.contains(.t) ? [pairedT] : [])).joined(separator: " or ")
    }

    private func testNotes(_ kinds: Set<PairedTest.Kind>) -> [String] {
        var notes: [String] = []
        if kinds.contains(.mcNemar) {
            notes.append("p: \(Self.mcNemar)" + (kinds.count > 1 ? " where both have one answer per problem." : "."))
        }
        if kinds.contains(.t) { notes.append("p\(kinds.count > 1 ? "†" : ""): \(Self.pairedT).") }
        return notes
    }

    /// The name of a row's method in tables: without its run, if there is one only.
    package func name(of row: Row) -> String { runs.count > 1 ? row.name : row.method }

    /// The same of the reference.
    package var referenceName: String { rows.first(where: \.isReference).map(name) ?? reference }

    /// Whether both kinds of test occur, so that one is marked.
    package var isMixed: Bool { Set(rows.compactMap(\.paired?.kind)).count > 1 }

    /// The names of the data sets, in order.
    package var datasets: [String] {
        rows.reduce(into: []) { names, row in if !names.contains(row.dataset) { names.append(row.dataset) } }
    }
}

extension Comparison.Row {
    package var solved: String { "\(NumberFormat.grouped(correct))/\(NumberFormat.grouped(answers))" }

    /// `64.9–77.3`, in percent.
    package var interval: String {
        guard let accuracyLow, let accuracyHigh else { return "" }
        return "\(NumberFormat.fixed(accuracyLow * 100, 1))–\(NumberFormat.fixed(accuracyHigh * 100, 1))"
    }
}

extension PairedTest {
    /// `−0.9 to +3.9`, in points; empty if unknown.
    package var interval: String {
        guard let low, let high else { return "" }
        return "\(NumberFormat.points(low)) to \(NumberFormat.points(high))"
    }

    /// Whether it is significant at 5 % after the correction.
    package var isSignificant: Bool { holm.map { $0 < 0.05 } ?? false }
}

extension Comparison.Overlap {
    /// Which problems are shared, in one sentence.
    package var words: String {
        var parts = [
            "\(NumberFormat.counted(shared, "problem")) shared",
            "\(Self.counted(onlyHere)) only in \(run)", "\(Self.counted(onlyThere)) only in \(with)",
        ]
        if unknown > 0 { parts.append("\(NumberFormat.grouped(unknown)) unknown") }
        let names = renamed.map {
            "\($0.here) of \(run) has \(NumberFormat.counted($0.problems, "problem")) of \($0.there)"
        }
        return ("\(run) and \(with): " + (parts + names).joined(separator: ", ")).withFullStop
    }

    private static func some(_ names: [String]) -> String {
        names.prefix(3).joined(separator: ", ") + (names.count > 3 ? ", …" : "")
    }

    private static func counted(_ names: [String]) -> String {
        NumberFormat.grouped(names.count) + (names.isEmpty ? "" : " (\(some(names)))")
    }

    fileprivate var warnings: [String] {
        let both = "\(run) and \(with)"
        var sentences: [String] = []
        if shared == 0 {
            let known = unknown > 0 ? " that is known to be the same" : ""
            sentences.append("\(both) share no problem\(known), so nothing of \(run) is tested.")
        }
        if unknown > 0 {
            sentences.append(
                "Of \(NumberFormat.counted(unknown, "problem")) of \(both) it is not known whether they are shared, since "
                    + "data sets are gone. They are not paired.")
        }
        for (names, part) in [
            (otherQuestion, "name and another question"), (otherGold, "question and another gold answer"),
        ]
        where !names.isEmpty {
            sentences.append(
                "\(NumberFormat.counted(names.count, "problem")) of \(both) have the same \(part) (\(Self.some(names))). They are not "
                    + "paired.")
        }
        return sentences
    }
}

extension String {
    fileprivate var withFullStop: String { hasSuffix(".") ? self : self + "." }
}
