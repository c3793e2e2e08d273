import Decoding
import Foundation
import Graders
import Reporting
import RunnerSupport
import Testing

/// Models that think, on the pocket engine: what they write is scripted, see ``ThinkingSetup``.
@Suite("Jobs whose models think", .inSlots) struct ThinkingTests {
    private func lines(_ setup: ThinkingSetup) async throws -> [ResultLine] {
        let job = try RunnerJob(thinking: setup)
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        return try job.resultLines()
    }

    private static let answers = ["4", nil, "9", "3"]

    @Test(
        "the answer is what follows the thoughts; a response that is cut within them has none",
        arguments: [true, false], [false, true])
    func answers(isOpen: Bool, marksAreSpecial: Bool) async throws {
        let thinking = #"{ begin: "<think>", end: "</think>" }"#
        let lines = try await lines(
            ThinkingSetup(isOpen: isOpen, thinking: thinking, marksAreSpecial: marksAreSpecial))
        #expect(lines.map(\.answer) == Self.answers)
        #expect(lines.map(\.verdict) == [.right, .empty, .right, .right])
        #expect(lines.map(\.cut) == [false, true, false, false])
        #expect(lines[1].text.contains(#"\boxed{7}"#) && lines[1].verdictReason == "it ended within its thoughts")
        let begin = isOpen ? "" : "<think>"
        #expect(
            lines[0].text == begin
                + "Two and two.\n\nIs it \\boxed{5}?\n\nSo four.</think>\n\nThe answer is \\boxed{4}.")
        #expect(lines.allSatisfy { !$0.text.contains("<|end|>") })
    }

    @Test("a prompt that begins thoughts is recognised, and the run keeps what was found")
    func recognised() async throws {
        let job = try RunnerJob(thinking: ThinkingSetup())
        #expect(try await job.run().code == 0)
        #expect(try job.resultLines().map(\.answer) == Self.answers)
        let spec = try String(contentsOf: job.directory.job, encoding: .utf8)
        #expect(spec.contains(#"thinking: { begin: "<think>", end: "</think>", starts: prompt, prm: shown }"#))
        let path = job.directory.url.path
        let again = try await job.run()
        #expect(again.code == 0, "\(again.messages)")
        let regraded = try await job.command(["grade", path])
        #expect(regraded.code == 0, "\(regraded.messages)")
        #expect(try job.resultLines().map(\.answer) == Self.answers)
        #expect(
            try job.resultLines().map { $0.afterThoughts?.wrappedValue } == [
                "\n\nThe answer is \\boxed{4}.", nil, " It is \\boxed{9}.", "\n\n\\boxed{3}",
            ])
        // Graded elsewhere, they have the same verdicts.
        let answers = try await job.command(["grade", "--answers", job.directory.results.path, "--with", "exact"])
        let verdicts = try job.resultLines().map { "\"verdict\":\"\($0.verdict.rawValue)\"" }
        #expect(
            zip(answers.output.split(separator: "\n"), verdicts).allSatisfy { $0.contains($1) }, "\(answers.output)")
        let valid = try await job.command(["validate", job.file.path])
        #expect(valid.output.contains("the prompt ends with it; the PRM sees thoughts"), "\(valid.output)")
        // The steps of the response that never answers are all thoughts.
        let shown = try await job.command(["show", path, "draft_only/sums/B/0"])
        #expect(shown.output.contains("none found"), "\(shown.output)")
    }

    @Test("a run that was begun without knowing of thoughts stays as it is")
    func otherThinkingIsRefused() async throws {
        var setup = ThinkingSetup(isOpen: false, thinking: "none")
        let job = try RunnerJob(thinking: setup)
        #expect(try await job.run().code == 0)
        #expect(try job.resultLines().allSatisfy { $0.afterThoughts == nil })
        setup.thinking = "{ prm: hidden }"
        try job.write(setup)
        let run = try await job.run()
        #expect(run.code == 5)
        #expect(run.messages.contains("thinking"), "\(run.messages)")
    }

    @Test("majority votes with the answers after the thoughts")
    func majority() async throws {
        let lines = try await lines(ThinkingSetup(methods: "[{ majority: { n: 3 } }]"))
        #expect(lines.map(\.answer) == Self.answers)
        #expect(lines[1].candidates?.map(\.finish) == [.maxTokens, .maxTokens, .maxTokens])
    }

    @Test(
        "a PRM that sees the thoughts judges their steps, and the target rewrites those that fall short",
        arguments: [true, false])
    func shown(marksAreSpecial: Bool) async throws {
        let lines = try await lines(ThinkingSetup(methods: "[rsd]", marksAreSpecial: marksAreSpecial))
        let steps = lines[0].steps
        #expect(
            steps.map(\.text) == [
                "Two and two.\n\n", "Let me add.\n\n", "So four.</think>\n\n", "The answer is \\boxed{4}.",
            ])
        #expect(steps.map(\.origin) == [.draft, .target, .target, .draft])
        #expect(steps[1].rejected?.text == "Is it \\boxed{5}?\n\n")
        #expect(lines[0].answer == "4")
    }

    @Test("a PRM that does not see the thoughts judges only what follows them", arguments: ["all", "1", "2"])
    func hidden(lookahead: String) async throws {
        let lines = try await lines(
            ThinkingSetup(methods: "[rsd]", thinking: "{ prm: hidden }", lookahead: lookahead))
        let steps = lines[0].steps
        #expect(
            steps.map(\.text)
                == ["Two and two.\n\n", "Is it \\boxed{5}?\n\n", "So four.</think>\n\n", "The answer is \\boxed{4}."])
        #expect(steps.map { $0.reward != nil } == [false, false, false, true])
        #expect(steps.map(\.origin) == [.draft, .draft, .draft, .draft])
        #expect(lines.map(\.answer) == Self.answers)
        // The step with the end of the second thoughts is judged by what follows them.
        #expect(lines[2].steps.last?.text == "Nine.</think> It is \\boxed{9}.")
        #expect(lines[2].steps.last?.reward.map { $0 > 0.9 } == true)
        #expect(lines[1].steps.allSatisfy { $0.reward == nil })
        #expect(lines[0].waves == 1 && lines[1].waves == 1)
    }

    @Test("searches with a PRM that does not see the thoughts")
    func searches() async throws {
        let lines = try await lines(
            ThinkingSetup(
                methods:
                    "[{ best_of_n: { n: 2 } }, { process_best_of_n: { n: 2 } }, { beam_search: { n: 4, beams: 2 } }, "
                    + "{ dvts: { n: 4, width: 2 } }]",
                thinking: "{ prm: hidden }"))
        #expect(lines.map(\.answer) == Self.answers + Self.answers + Self.answers + Self.answers)
        #expect(lines[1].candidates?.allSatisfy { $0.rewards.isEmpty && $0.score == nil } == true)
    }

    @Test("the report sets thoughts apart")
    func report() async throws {
        let job = try RunnerJob(thinking: ThinkingSetup())
        #expect(try await job.run().code == 0)
        let page = try String(contentsOf: job.directory.url.appending(path: "report.html"), encoding: .utf8)
        // 18 of thoughts with the end and its line breaks, which are not.
        #expect(page.contains(#""h":[16,2]"#))
    }
}
