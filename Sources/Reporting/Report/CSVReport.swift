import Decoding
import Foundation
import Support

extension Summary {
    /// `summary.csv`: one line per method and data set. Missing values are empty; figures of several samples are included if a method
    /// has them, and the energy of the whole run if it was measured.
    package var csv: String {
        let fields = Self.csvFields + sampleFields + (run.joules.map { [Self.energy($0.total)] } ?? [])
        let header = fields.map(\.name)
        let lines = rows.map { row in fields.map { $0.value(row) } }
        return ([header] + lines).map { $0.map(\.csvCell).joined(separator: ",") + "\n" }.joined()
    }

    private typealias Field = (name: String, value: (Row) -> String)

    private static var csvFields: [Field] {
        let finishes: [Field] = [
            Finish.eos, .answered, .maxTokens, .maxSteps, .context, .lowRewards, .repetition, .failed,
        ].map { finish in
            ("finish_\(finish.rawValue)", { String($0.finishes[finish.rawValue] ?? 0) })
        }
        return [
            ("method", { $0.method }), ("dataset", { $0.dataset }),
            count("problems", \.problems), count("total", \.total), count("correct", \.correct),
            count("undecided", \.undecided),
            number("accuracy", \.accuracy), number("accuracy_low", \.accuracyLow),
            number("accuracy_high", \.accuracyHigh),
            ("baseline", { $0.paired?.baseline ?? "" }),
            count("pairs", \.paired?.pairs), count("wins", \.paired?.wins), count("losses", \.paired?.losses),
            count("ties", \.paired?.ties), number("difference", \.paired?.difference),
            number("difference_low", \.paired?.differenceLow), number("difference_high", \.paired?.differenceHigh),
            number("p", \.paired?.p),
            number("target_step_share", \.targetStepShare), count("draft_alone", \.draftAlone.count),
            count("draft_alone_correct", \.draftAlone.correct),
            number("acceptance_rate", \.acceptanceRate), number("acceptance_rate_tokens", \.acceptanceRateTokens),
            number("acceptance_rate_right", \.acceptance?.right.steps.acceptance),
            number("acceptance_rate_wrong", \.acceptance?.wrong.steps.acceptance),
            number("flops_paper", \.flopsPaper), number("flops_spent", \.flopsSpent),
            number("flops_paper_per_problem", \.flopsPaperPerProblem),
            number("flops_spent_per_problem", \.flopsSpentPerProblem),
            count("draft_kept", \.tokens.draft.kept), count("draft_rejected", \.tokens.draft.rejected),
            count("draft_lookahead", \.tokens.draft.lookahead), count("draft_prompt", \.tokens.draft.prompt),
            count("target_kept", \.tokens.target.kept), count("target_rejected", \.tokens.target.rejected),
            count("target_lookahead", \.tokens.target.lookahead), count("target_prompt", \.tokens.target.prompt),
            count("prm_judged", \.tokens.prm.judged), count("prm_read", \.tokens.prm.prompt),
            count("target_judged", \.tokens.target.judged),
            ("waves", { String($0.waves.count) }),
        ] + finishes + [
            number("flops_paper_per_answer", \.flopsPaperPerAnswer),
            number("flops_spent_per_answer", \.flopsSpentPerAnswer),
        ]
    }

    /// Columns for each k of any row.
    private var sampleFields: [Field] {
        guard rows.haveSamples else { return [] }
        func fields(_ name: String, _ path: KeyPath<SampleFigures, [SampleFigures.AtK]>) -> [Field] {
            rows.ks(path).flatMap { k -> [Field] in
                func figure(_ row: Row) -> SampleFigures.AtK? { row.samples?[keyPath: path].at(k) }
                return [
                    ("\(name)_at_\(k)", { figure($0)?.value.description ?? "" }),
                    ("\(name)_at_\(k)_low", { figure($0)?.low.description ?? "" }),
                    ("\(name)_at_\(k)_high", { figure($0)?.high.description ?? "" }),
                ]
            }
        }
        return [
            ("samples", { String($0.samples?.n ?? 1) }), Self.number("avg_stderr", \.samples?.averageStderr),
            Self.number("std_dev_across_samples", \.samples?.deviation),
        ] + fields("pass", \.pass) + fields("maj", \.majority)
    }

    private static func count(_ name: String, _ path: KeyPath<Row, Int>) -> Field {
        (name, { String($0[keyPath: path]) })
    }

    private static func count(_ name: String, _ path: KeyPath<Row, Int?>) -> Field {
        (name, { $0[keyPath: path].map { String($0) } ?? "" })
    }

    private static func number(_ name: String, _ path: KeyPath<Row, Double>) -> Field {
        (name, { $0[keyPath: path].description })
    }

    private static func number(_ name: String, _ path: KeyPath<Row, Double?>) -> Field {
        (name, { $0[keyPath: path]?.description ?? "" })
    }

    /// The same for every method: methods share drafts and phases.
    private static func energy(_ joules: Double) -> Field { ("run_joules", { _ in joules.description }) }
}
