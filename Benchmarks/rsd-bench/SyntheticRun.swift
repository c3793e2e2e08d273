import Decoding
import Foundation
import PacedEngine
import RunStore
import Support

extension Workplace {
    /// A run of 20,000 trajectories with texts such as models write, and what a report of it takes.
    ///
    /// - Parameter directory: where the run is left to be looked at; nil throws it away.
    func measureReport(in directory: URL? = nil) async throws {
        let (problems, methods) = (5000, ["draft_only", "target_only", "rsd", "rsd-0.9"])
        let job = try writeJob(
            "report", problems: problems,
            methods:
                "[draft_only, target_only, { rsd: { threshold: 0.7 } }, { rsd: { threshold: 0.9, name: rsd-0.9 } }]")
        let run = RunDirectory(directory ?? root.appending(path: "report"))
        let journal = try await beginRun(of: job, in: run)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for problem in 0..<problems {
                group.addTask {
                    let texts = SyntheticTexts(problem: problem)
                    for method in methods {
                        let id = TrajectoryID(method: method, dataset: "d", problem: "\(problem)")
                        for event in texts.events(method: method) {
                            let span = TimeSpan(begin: 1.8e9 + Double(problem), seconds: 20)
                            try await journal.append(.event(id, event, asked: span))
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let whole = try self.run(["run", job.path, "--run-dir", run.url.path, "--quiet"])
        let report = try self.run(["report", run.url.path])
        let bytes = try FileManager.default.attributesOfItem(atPath: run.report.path)[.size] as? Int ?? 0
        print("report, \(problems * methods.count) trajectories:")
        print("  replay, grading, results, report (run)   \(figure(whole.wall)) s wall")
        print("  report                                   \(figure(report.wall)) s wall, \(bytes / 1_000_000) MB")
    }
}

/// Texts of one problem, the same on every call.
private struct SyntheticTexts {
    let problem: Int
    private let draft: [StepText]
    private let target: [StepText]
    private let rewards: [Double]

    init(problem: Int) {
        self.problem = problem
        var random = SplitMix64(state: UInt64(problem) &* 2_654_435_761 &+ 1)
        let count = 5 + Int(random.next() % 8)
        draft = (0..<count).map { Self.step($0, of: count, &random) }
        target = (0..<count).map { Self.step($0, of: count, &random) }
        rewards = (0..<count).map { _ in 1 - pow(Double(random.next() % 10_000) / 10_000, 3) }
    }

    func events(method: String) -> [Event] {
        switch method {
        case "draft_only": [.generated(Generated(role: .draft, steps: draft, end: .eos, promptTokens: 90))]
        case "target_only": [.generated(Generated(role: .target, steps: target, end: .eos, promptTokens: 90))]
        case "rsd": guided(threshold: 0.7)
        default: guided(threshold: 0.9)
        }
    }

    private func guided(threshold: Double) -> [Event] {
        var events: [Event] = []
        var done = 0
        while done < draft.count {
            let ahead = Array(draft[done...])
            events.append(.generated(Generated(role: .draft, steps: ahead, end: .eos, promptTokens: 90)))
            // The target's step before them is scored in the same pass, for the log.
            let first = done > 0 ? done - 1 : done
            events.append(
                .scored(
                    Scored(
                        rewards: Array(rewards[first...]), tokens: Array(repeating: 40, count: rewards.count - first),
                        promptTokens: 300)))
            guard let fell = rewards[done...].firstIndex(where: { $0 < threshold }) else { break }
            let end: StepEnd = fell == draft.count - 1 ? .eos : .delimiter
            events.append(.generated(Generated(role: .target, steps: [target[fell]], end: end, promptTokens: 200)))
            done = fell + 1
        }
        return events
    }

    private static func step(_ number: Int, of count: Int, _ random: inout SplitMix64) -> StepText {
        if number == count - 1 {
            return StepText(text: #"Therefore the answer is $\boxed{\#(random.next() % 4)}$."#, tokens: 12)
        }
        let words = [
            "we", "substitute", "the", "value", "of", "each", "angle", "and", "find", "that", "both", "sides", "are",
            "equal",
        ]
        let prose = (0..<24).map { _ in words[Int(random.next() % UInt64(words.count))] }.joined(separator: " ")
        let (a, b) = (random.next() % 90 + 2, random.next() % 90 + 2)
        return StepText(
            text: "**Step \(number + 1).** \(prose) so that "
                + #"$x_{\#(number)} = \frac{\#(a)}{\#(b)} + \sqrt{\#(a)^2 - 4 \cdot \#(b)} \leq \#(a + b)$."# + "\n\n",
            tokens: 40)
    }
}
