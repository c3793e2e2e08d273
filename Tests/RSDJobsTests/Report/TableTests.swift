import Foundation
@testable import Graders
@testable import Reporting
@testable import RunStore
import Testing

@Suite("The report's tables") struct TableTests {
    @Test("the Markdown table is the golden one")
    func markdown() throws {
        // Draft, target and PRM have nine weights each.
        #expect(
            try SmallReport.golden.made().markdown == #"""
                # demo

                draft draft (9), target target (9), prm prm (9)\#("  ")
                rsd-batch 0.1.0, engine 0.9+cpu, grader exact/4, seed 7, 2026-01-02T03:04:05Z

                | method | solved | accuracy | 95% | against target\_only | p | target steps | accepted | paper FLOPs | spent FLOPs |
                | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |
                | rsd | 2/3 | 66.7% | 20.8–93.9 | +0.0 (−67.9 to +67.9) | 1.000 | 50.0% | 50.0% | 1.62 k (2.25×) | 3.69 k (3.42×) |
                | target\_only | 2/3 | 66.7% | 20.8–93.9 |  |  | 100.0% | – | 720 (1.00×) | 1.08 k (1.00×) |

                95%: Wilson interval, clustered by problem if problems have several samples.\#("  ")
                p: McNemar's exact two-sided test on the same problems.\#("  ")
                FLOPs per problem; paper: 2 (N\_draft (kept + rejected) + N\_target (kept + rejected + judged) + N\_prm judged); spent: 2 (N\_draft (prompt + kept + rejected + look-ahead) + N\_target (the same) + N\_prm read).\#("  ")
                N: draft 9 (safetensors headers); target 9 (safetensors headers); prm 9 (safetensors headers).

                """#)
    }

    @Test("answers that were cut come before the numbers, by method and data set")
    func cutAnswers() throws {
        var golden = SmallReport.golden
        #expect(try golden.made().summary.cutAnswers.isEmpty)
        golden.lines[0].finish = .context
        golden.lines[1].finish = .maxSteps
        golden.lines[5].finish = .failed
        let report = try golden.made()
        let sentences = [
            "rsd: 66.7% of the answers were cut off, 1 by max_steps, 1 by the context.",
            "Cut answers are mostly wrong: raise max_steps, give the models more context, or report the accuracy as "
                + "measured under this limit.",
        ]
        #expect(report.summary.cutAnswers == sentences)
        let parts = report.markdown.components(separatedBy: "| method")
        #expect(parts.count > 1 && parts[0].contains("were cut off, 1 by max"))
        let index = String(decoding: try PageData(report).index, as: UTF8.self)
        #expect(index.contains(#""cut_answers":["rsd: 66.7% of"#))
        // With several data sets it says on which.
        var summary = report.summary
        summary.rows.append(summary.rows[0])
        summary.rows[2].dataset = "other"
        #expect(summary.cutAnswers.prefix(2).map { $0.contains("on heldout") } == [true, false])
    }

    @Test("the CSV has every figure")
    func csv() throws {
        let lines = try SmallReport.golden.made().summary.csv.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        #expect(lines.count == 3)
        #expect(Set(lines.map(\.count)).count == 1)
        func cell(_ name: String, _ row: Int) throws -> String {
            lines[row][try #require(lines[0].firstIndex(of: name))]
        }
        #expect(try cell("method", 1) == "rsd" && cell("dataset", 2) == "heldout")
        #expect(try cell("wins", 1) == "1" && cell("losses", 1) == "1" && cell("p", 1) == "1.0")
        #expect(try cell("baseline", 2) == "" && cell("p", 2) == "" && cell("acceptance_rate", 2) == "")
        #expect(
            try cell("draft_lookahead", 1) == "15" && cell("finish_eos", 1) == "3" && cell("flops_paper", 1) == "4860.0"
        )
    }

    /// rsd answers each problem four times: 0, 1 and all of them right; the target once.
    private static var sampled: SmallReport {
        var report = SmallReport()
        for line in SmallReport.golden.lines {
            guard line.method == "rsd" else {
                report.lines.append(line)
                continue
            }
            for sample in 0..<4 {
                var line = line
                line.sample = sample
                line.correct = line.problem == "2" || line.problem == "1" && sample == 3
                line.answer = line.correct ? "2" : "\(sample / 2)"
                report.lines.append(line)
            }
        }
        return report
    }

    @Test("several samples have a table of their own, and cost what all of them cost")
    func samples() throws {
        let report = try Self.sampled.made()
        let row = report.summary.rows[0]
        #expect((row.flopsPaper, row.flopsPaperPerProblem, row.flopsPaperPerAnswer) == (19440, 6480, 1620))
        #expect(report.summary.rows[1].samples == nil)
        let table = """
            | samples | n | avg@n | ± | pass@1 | pass@2 | pass@4 | maj@2 | maj@4 | paper FLOPs per answer | spent FLOPs per answer |
            | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |
            | rsd | 4 | 41.7% | 30.0 | 41.7% | 50.0% | 66.7% | 33.3% | 33.3% | 1.62 k | 3.69 k |
            | target\\_only | 1 | 66.7% | – | – | – | – | – | – | 720 | 1.08 k |
            """
        #expect(report.markdown.contains("\n\n\(table)\n\n"), "\(report.markdown)")
        #expect(report.markdown.contains("sampling: rsd, target\\_only greedy."))
        #expect(try JSONDecoder().decode(Summary.self, from: report.summaryJSON()) == report.summary)
        #expect(report.markdown.contains("maj@k: the answer that most of the first k samples give"))
        #expect(report.markdown.contains("| rsd | 5/12 | 41.7% |") && report.markdown.contains("6.48 k (9.00×)"))
        #expect(try !SmallReport.golden.made().markdown.contains("pass@"))
    }

    @Test("the CSV has figures of several samples where a method has them")
    func samplesInCSV() throws {
        let lines = try Self.sampled.made().summary.csv.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        #expect(Set(lines.map(\.count)).count == 1)
        func cell(_ name: String, _ row: Int) throws -> String {
            lines[row][try #require(lines[0].firstIndex(of: name))]
        }
        #expect(try [cell("samples", 1), cell("samples", 2)] == ["4", "1"])
        #expect(try [cell("pass_at_2", 1), cell("pass_at_2", 2)] == ["0.5", ""])
        #expect(try Double(cell("maj_at_4", 1)) == 1 / 3.0)
        #expect(try #require(Double(cell("pass_at_4_low", 1))) < 0.5)
        #expect(lines[0].contains("std_dev_across_samples"))
        #expect(try !SmallReport.golden.made().summary.csv.contains("pass_at"))
    }

    @Test("in the format of lm-eval, pass@k is a metric and maj@k a filter")
    func samplesForLMEval() throws {
        let file = try #require(Self.sampled.made().lmEvalFiles().first { $0.path.hasPrefix("rsd/results") })
        let results = try #require(try JSONSerialization.jsonObject(with: file.content) as? [String: Any])
        let scores = try #require((results["results"] as? [String: [String: Any]])?["heldout"])
        #expect(scores["pass@2,none"] as? Double == 0.5)
        #expect(scores["pass@4_stderr,none"] as? Double != nil)
        #expect(scores["exact_match,maj@4"] as? Double == 1 / 3.0)
        #expect((results["higher_is_better"] as? [String: [String: Bool]])?["heldout"]?["pass@4"] == true)
    }

    @Test("answers that exact did not decide are counted, and a sentence says what decides them")
    func undecided() throws {
        #expect(try !SmallReport.golden.made().markdown.contains("not decided"))
        var golden = SmallReport.golden
        let wrong = try #require(golden.lines.indices.first { !golden.lines[$0].correct })
        golden.lines[wrong].verdictReason = Grade.notDecided
        let report = try golden.made()
        #expect(
            report.markdown.contains(
                "1 answer was not decided by exact and counts as wrong; regrade with math-verify: "
                    + "rsd-batch grade RUN --with math-verify."))
        let row = try #require(report.summary.rows.first { $0.method == golden.lines[wrong].method })
        #expect(row.undecided == 1 && row.grades["wrong"] == 1)
        let lines = report.summary.csv.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        let column = try #require(lines[0].firstIndex(of: "undecided"))
        #expect(lines.dropFirst().map { $0[column] }.sorted() == ["0", "1"])
    }

    @Test("energy is told of the whole run, where it was measured")
    func energy() throws {
        let report = try SmallReport.golden.made()
        #expect(!report.markdown.contains("energy") && !report.summary.csv.contains("joules"))
        #expect(try !String(decoding: report.summaryJSON(), as: UTF8.self).contains("joules"))
        var golden = SmallReport.golden
        golden.records = [
            .phase(wave: 1, engines: ["draft"], seconds: 9, joules: PhaseEnergy(entering: 720, working: 2880.5))
        ]
        let measured = try golden.made()
        #expect(
            measured.markdown.hasSuffix(
                "\nGPU energy of the whole run: 1.00 Wh (starting 0.20 Wh, draft 0.80 Wh), including other programs.\n"
            ))
        let lines = measured.summary.csv.split(separator: "\n")
        #expect(lines[0].hasSuffix(",run_joules") && lines.dropFirst().allSatisfy { $0.hasSuffix(",3600.5") })
        let json = try JSONDecoder().decode(Summary.self, from: measured.summaryJSON())
        #expect(json.run.joules?.working == ["draft": 2880.5])
    }

    @Test("a name with a comma stays one cell")
    func comma() throws {
        var summary = try SmallReport.golden.made().summary
        summary.rows[0].method = "a,\"b\""
        #expect(summary.csv.contains("\n\"a,\"\"b\"\"\",heldout,"))
    }

    /// The fields that lm-evaluation-harness writes, as its loaders look for them.
    @Test("the results are in the format of lm-eval")
    func lmEval() throws {
        var report = SmallReport.golden
        var second = report.lines[1]
        second.sample = 1
        second.correct = false
        second.answer = nil
        report.lines.append(second)
        let files = try report.made().lmEvalFiles()
        #expect(
            files.map(\.path) == [
                "rsd/samples_heldout_2026-01-02T03-04-05.jsonl", "rsd/results_2026-01-02T03-04-05.json",
                "target_only/samples_heldout_2026-01-02T03-04-05.jsonl", "target_only/results_2026-01-02T03-04-05.json",
            ])
        let samples = try files[0].content.split(separator: UInt8(ascii: "\n")).map { line in
            try #require(try JSONSerialization.jsonObject(with: line) as? [String: Any])
        }
        #expect(samples.count == 3)
        #expect(samples[1]["doc_id"] as? Int == 1)
        #expect((samples[1]["doc"] as? [String: String])?["question"] == "2+2?")
        #expect(samples[1]["target"] as? String == "2")
        #expect(samples[1]["resps"] as? [[String]] == [[#"so \boxed{1}"#, #"so \boxed{1}"#]])
        #expect(samples[1]["filtered_resps"] as? [String] == ["1", ""])
        #expect(samples[1]["exact_match"] as? Double == 0.5)
        #expect(samples[0]["filter"] as? String == "none")
        let arguments = samples[0]["arguments"] as? [String: [String: Any]]
        #expect(arguments?["gen_args_0"]?["arg_0"] as? String == "1+1?\n\n")
        for name in ["doc_hash", "prompt_hash", "target_hash"] { #expect((samples[0][name] as? String)?.count == 64) }
        #expect((arguments?["gen_args_0"]?["arg_1"] as? [String: Any])?["do_sample"] as? Bool == false)
        let results = try #require(try JSONSerialization.jsonObject(with: files[1].content) as? [String: Any])
        let scores = (results["results"] as? [String: [String: Any]])?["heldout"]
        #expect(scores?["exact_match,none"] as? Double == 0.5)
        // 1, 0.5 and 0: a standard deviation of 0.5, over the root of three.
        #expect(abs(try #require(scores?["exact_match_stderr,none"] as? Double) - 0.288_675) < 1e-6)
        #expect((results["n-samples"] as? [String: [String: Int]])?["heldout"] == ["original": 3, "effective": 3])
    }
}
