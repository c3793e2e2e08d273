import Decoding
import Graders
import Reporting
import RunStore
import Support

/// The lines below the tables: how the answers ended, what the engines did, and where the files are.
package struct RunFooter: Sendable {
    package let summary: Summary
    /// As the user would type it.
    package let directory: String
    /// A trajectory for the example command.
    package let example: TrajectoryID?
    /// The path of the page.
    package let page: String
    /// Whether the results are written, as they are at the end of a run.
    package let hasResults: Bool

    package init(
        _ summary: Summary, directory: String, example: TrajectoryID?, page: String? = nil, hasResults: Bool = true
    ) {
        self.summary = summary
        self.directory = directory
        self.example = example
        self.page = page ?? "\(directory)/report.html"
        self.hasResults = hasResults
    }

    package func lines(width: Int) -> [Line] {
        let run = summary.run
        var facts: [(String, Line)] = [("answers", finishes), ("grader", verdicts)]
        if let note = summary.undecidedNote(run: directory.shellWord) { facts.append(("", Line(note, .yellow))) }
        if let methods = summary.undivided {
            facts.append(
                (
                    "steps",
                    Line(
                        "no answer of \(methods.joined(separator: ", ")) contains the delimiter, so each is a single step; "
                            + "set `delimiter` to the text that ends a step of these models", .yellow)
                ))
        }
        facts.append(
            (
                "run",
                Line(
                    ([NumberFormat.counted(run.waves, "wave"), NumberFormat.counted(run.swaps, "swap")] + run.startWords)
                        .joined(separator: ", "))
            ))
        if let loading = Self.seconds(run.seconds.loading) { facts.append(("loading", loading)) }
        if let phases = run.loadingPhaseWords { facts.append(("", Line(phases, .dim))) }
        if let waking = Self.seconds(run.seconds.waking) { facts.append(("waking", waking)) }
        if let working = Self.seconds(run.seconds.working) { facts.append(("working", working)) }
        if let joules = run.joules {
            facts.append(("energy", Line(NumberFormat.energy(joules: joules.total)) + Line("  \(joules.words)", .dim)))
        }
        if hasResults {
            facts.append(("results", Line("\(directory)/results.jsonl, \(directory)/summary.json")))
        }
        facts.append(("report", Line(page)))
        if let example {
            facts.append(
                ("inspect", Line("rsd-batch show \(directory.shellWord) \(example.description.shellWord)")))
        }
        return facts.flatMap { name, value in
            (Line(name.padded(to: 9), .dim) + value).wrapped(to: width, indent: 9)
        }
    }

    private var finishes: Line {
        var counts: [String: Int] = [:]
        for row in summary.rows { counts.merge(row.finishes, uniquingKeysWith: +) }
        let order: [(Finish, String, Style)] = [
            (.eos, "ended", .plain), (.answered, "ended with their answer", .plain),
            (.repetition, "ended where they repeat themselves", .yellow), (.maxTokens, "cut by max_tokens", .yellow),
            (.maxSteps, "cut by max_steps", .yellow), (.context, "cut by the context", .yellow),
            (.lowRewards, "cut by low rewards", .yellow), (.failed, "failed", .red),
        ]
        let parts = order.compactMap { finish, words, style in
            counts[finish.rawValue].map { Line("\(NumberFormat.grouped($0)) \(words)", style) }
        }
        return parts.enumerated().reduce(Line()) { $0 + ($1.offset > 0 ? ", " : "") + $1.element }
    }

    /// The grader, and the number of verdicts other than right and wrong.
    private var verdicts: Line {
        var counts: [String: Int] = [:]
        for row in summary.rows { counts.merge(row.grades, uniquingKeysWith: +) }
        let order: [(Grade.Verdict, String, Style)] = [
            (.empty, "without an answer", .plain), (.timeout, "took too long to grade", .yellow),
            (.error, "could not be graded", .red),
        ]
        return order.reduce(Line(summary.grader)) { line, part in
            guard let count = counts[part.0.rawValue] else { return line }
            return line + ", " + Line("\(NumberFormat.grouped(count)) \(part.1)", part.2)
        }
    }

    /// Seconds by engine, with their sum first.
    private static func seconds(_ times: [String: Double]) -> Line? {
        guard !times.isEmpty else { return nil }
        let parts = RunFigures.inOrder(times).map { "\($0.key) \(NumberFormat.duration($0.value))" }
            .joined(separator: ", ")
        let sum = times.values.reduce(0, +)
        return Line(NumberFormat.duration(sum)) + Line("  \(parts)", .dim)
    }
}
