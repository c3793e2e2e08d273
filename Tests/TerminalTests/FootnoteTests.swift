@testable import Reporting
@testable import Support
@testable import Terminal
import Testing

/// Over the widths of terminals, with the tables, lists and notes of each.
@Suite("Footnotes of tables") struct FootnoteTests {
    private static let widths = 40...140

    /// What a table shows, and the footnote on it.
    private static let terms = [
        (["95%"], "95%: "), (["accepted"], "accepted: "), (["×"], "×: "), (["pass@k"], "pass@k: "),
        (["pass@n"], "pass@n: "), (["maj@k"], "maj@k: "), (["maj@n"], "maj@n: "), (["avg@"], "avg@n: "), (["•"], "•: "),
        (["FLOPs"], "paper: "), (["FLOPs"], "spent: "), (["steps tokens", "of tokens"], "of their tokens"),
    ]

    /// Lines in sections that blank lines end, each with single blanks.
    private func sections(_ lines: [Line]) -> [String] {
        lines.split(separator: Line()).map { lines in
            lines.flatMap { $0.text.split(separator: " ") }.joined(separator: " ")
        }
    }

    /// The text above the footnotes, and they.
    private func parts(_ lines: [Line]) -> (table: String, notes: String) {
        let sections = sections(lines)
        return (sections.dropLast().joined(separator: " "), sections.last ?? "")
    }

    private static var summaries: [String: Summary] {
        let two = Fixture.summary()
        var one = two
        one.rows = [two.rows[0]]
        var alone = two
        alone.rows = [two.rows[1]]
        var unknown = two
        unknown.rows[1].flopsPaper = nil
        unknown.rows[1].flopsSpent = nil
        var sampled = SummaryTableTests.sampled()
        let empty = Summary(
            job: "j", grader: "exact/4", parameters: [:],
            rows: [Summary.Row(method: "rsd", dataset: "heldout", lines: [], flops: Flops(parameters: [:]))],
            run: two.run)
        sampled.rows += two.rows.map { row in
            var row = row
            row.dataset = "other"
            return row
        }
        return [
            "two methods": two, "one method": one, "the target alone": alone, "unknown sizes": unknown,
            "samples": sampled, "no answers": empty,
        ]
    }

    @Test("a summary explains all that it shows and nothing else, at every width", arguments: summaries.keys.sorted())
    func summary(name: String) throws {
        let summary = try #require(Self.summaries[name])
        for width in Self.widths {
            let lines = SummaryTable(summary).lines(width: width)
            #expect(lines.allSatisfy { $0.width <= width }, "\(width)")
            let (table, notes) = parts(lines)
            for (shown, note) in Self.terms {
                #expect(shown.contains(where: table.contains) == notes.contains(note), "\(width): \(note)")
            }
        }
    }

    @Test("the best figures of each data set are marked, all that tie, and none of a single method")
    func best() {
        var summary = Fixture.summary()
        #expect(marked(summary) == ["•1.20 T", "•2.90 T", "•75.0%"])
        summary.rows[0].accuracy = 0.75004
        #expect(marked(summary) == ["•1.20 T", "•2.90 T", "•75.0%", "•75.0%"], "they look alike")
        summary.rows[1].dataset = "other"
        #expect(marked(summary).isEmpty)
        summary.rows.append(summary.rows[0])
        summary.rows[2].method = "rsd@0.8"
        summary.rows[2].accuracy = nil
        summary.rows[2].flopsSpent = nil
        #expect(
            marked(summary) == ["•1.20 T", "•1.20 T"], "a figure without another to compare it with is not the best")
    }

    private func marked(_ summary: Summary) -> [String] {
        [120, 50].map { width in
            let text = parts(SummaryTable(summary).lines(width: width)).table
            return text.matches(of: #/•[\d.]+(?:%| \w)/#).map { String($0.output) }.sorted()
        }.reduce([]) { $0.isEmpty || $0 == $1 ? $1 : ["the widths differ"] + $0 + $1 }
    }

    @Test(
        "a comparison explains all that it shows and nothing else, at every width", arguments: ["none", "one", "mixed"])
    func comparison(tests: String) {
        let comparison = Self.comparison(tests)
        let terms = [
            (["95%"], "95%: "), (["against ", "difference"], "against "), (["won–lost", "won,"], " p: "),
            (["Holm"], "Holm: "), (["•"], "•: "), (["FLOPs"], "FLOPs per answer, and relative"), (["†"], " p†: "),
        ]
        for width in Self.widths {
            let sections = sections(ComparisonView(comparison).lines(width: width))
            let (table, notes) = (sections[0], sections[1])
            for (shown, note) in terms {
                #expect(shown.contains(where: table.contains) == notes.contains(note), "\(width): \(note)")
            }
            #expect(notes.contains("McNemar") == (tests != "none"), "\(width)")
            #expect(notes.contains("paired t test") == (tests == "mixed"), "\(width)")
        }
    }

    /// Without a test, with one, or with two of different kinds.
    private static func comparison(_ tests: String) -> Reporting.Comparison {
        func row(_ method: String, _ accuracy: Double, _ test: PairedTest?) -> Reporting.Comparison.Row {
            var row = Reporting.Comparison.Row(
                run: "base", method: method, dataset: "heldout", isReference: test == nil, answers: 40,
                correct: Int(40 * accuracy), failed: 0)
            (row.accuracy, row.accuracyLow, row.accuracyHigh, row.paired) = (accuracy, 0.3, 0.95, test)
            (row.flopsPaper, row.flopsSpent, row.relativePaper, row.relativeSpent) = (1e12, 2e12, 0.5, 1)
            return row
        }
        var test = PairedTest((0..<40).map { PairedTest.Pair(own: [true], reference: [$0 < 20]) })
        test?.holm = 0.01
        var sampled = PairedTest((0..<40).map { PairedTest.Pair(own: [true, $0 < 30], reference: [$0 < 20]) })
        sampled?.holm = 0.02
        let rows = [row("target", 0.5, nil), row("rsd", 1, test), row("rsd-4", 0.9, sampled)]
        return Reporting.Comparison(
            reference: "base/target",
            runs: [
                .init(
                    label: "base", job: "j", directory: "runs/base", finished: 80, total: 80, created: "2026-01-02",
                    seconds: 61, notes: [])
            ], rows: Array(rows.prefix(tests == "none" ? 1 : tests == "one" ? 2 : 3)), overlaps: [], differences: [])
    }
}
