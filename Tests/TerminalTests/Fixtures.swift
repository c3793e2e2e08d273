@testable import Datasets
@testable import Decoding
@testable import Graders
@testable import Methods
@testable import Reporting
@testable import RunStore
@testable import Support
@testable import Terminal

/// Trajectories and events as a run makes them.
enum Fixture {
    static let limits = Limits(delimiter: "\n\n", maxTokens: 512, maxSteps: 20)

    static func rsd(_ problem: String, method: String = "rsd") -> Trajectory {
        let id = TrajectoryID(method: method, dataset: "heldout", problem: problem)
        let draw = Draw(runSeed: 0, trajectory: id)
        return Trajectory(
            id: id, limits: limits,
            method: RewardGuided(weighting: .binaryStep(threshold: 0.7), lookahead: .all, draw: draw))
    }

    static func targetOnly(_ problem: String) -> Trajectory {
        let id = TrajectoryID(method: "target_only", dataset: "heldout", problem: problem)
        return Trajectory(id: id, limits: limits, method: SingleModel(role: .target))
    }

    static func drafted(_ texts: [String]) -> Event {
        .generated(
            Generated(
                role: .draft, steps: texts.map { StepText(text: $0, tokens: 10) }, end: .eos, promptTokens: 30
            ))
    }

    static func scored(_ rewards: [Double]) -> Event {
        .scored(Scored(rewards: rewards, tokens: rewards.map { _ in 11 }, promptTokens: 60))
    }

    static func rewritten(_ text: String, end: StepEnd = .delimiter) -> Event {
        .generated(
            Generated(role: .target, steps: [StepText(text: text, tokens: 12)], end: end, promptTokens: 40))
    }

    /// Two steps accepted, the third rejected and rewritten, and nothing more.
    static func midway(_ problem: String = "demo-017") throws -> Trajectory {
        var trajectory = rsd(problem)
        try trajectory.apply(
            drafted([
                "Tom has 3 bags of 4 apples.\n\n", "That is 3 × 4 = 12 apples.\n\n",
                "He eats 5, so 8 remain.\n\n", "8",
            ]))
        try trajectory.apply(scored([0.91, 0.874, 0.312, 0.2]))
        try trajectory.apply(rewritten("He eats 5, so 12 - 5 = 7 remain.\n\n"))
        return trajectory
    }

    static func finished(_ problem: String = "demo-017") throws -> Trajectory {
        var trajectory = try midway(problem)
        try trajectory.apply(drafted([#"The answer is \boxed{7}."#]))
        try trajectory.apply(scored([0.95, 0.99]))
        return trajectory
    }

    /// As the results tell of it.
    static func result(_ trajectory: Trajectory, _ verdict: Grade.Verdict) -> ResultLine {
        ResultLine(
            trajectory, finish: trajectory.response.finish ?? .failed, gold: "7",
            grade: Grade(verdict, answer: trajectory.response.answer))
    }

    static let sampling = Sampling(temperature: 0.7, topP: 0.8)

    /// All candidates of one round are written, and scored as far as there are rewards.
    static func round(
        _ trajectory: inout Trajectory, _ texts: [String], end: StepEnd = .delimiter, rewards: [Double]
    ) throws {
        for (candidate, text) in texts.enumerated() {
            let step = StepText(text: text, tokens: 10)
            try trajectory.apply(
                .generated(
                    Generated(role: .draft, steps: [step], end: end, promptTokens: 30, candidate: candidate)))
        }
        for (candidate, reward) in rewards.enumerated() {
            try trajectory.apply(
                .scored(Scored(rewards: [reward], tokens: [11], promptTokens: 60, candidate: candidate)))
        }
    }

    static let problem = Problem(
        dataset: "heldout", id: "demo-017",
        question:
            "Tom has 3 bags with 4 apples in each. He eats 5 apples. How many apples does he have left?",
        answer: "7")

    static func summary() -> Summary {
        func row(_ method: String, _ correct: Int, failed: Int = 0, _ set: (inout Summary.Row) -> Void)
            -> Summary.Row
        {
            var row = Summary.Row(
                method: method, dataset: "heldout", lines: [], flops: Flops(parameters: [:]))
            let share = Proportion(correct, of: 200)
            row.total = 200
            row.problems = 200
            row.correct = correct
            row.accuracy = share.value
            row.accuracyLow = share.interval?.lowerBound
            row.accuracyHigh = share.interval?.upperBound
            row.finishes =
                failed > 0 ? ["eos": 196 - failed, "max_tokens": 4, "failed": failed] : ["eos": 200]
            set(&row)
            return row
        }
        let rsd = row("rsd@0.7", 143, failed: 2) {
            $0.targetStepShare = 0.123
            $0.acceptanceRate = 0.831
            $0.acceptanceRateTokens = 0.85
            $0.tokens.draft = .init(kept: 41_200, rejected: 8_321, lookahead: 30_100, prompt: 212_000)
            $0.tokens.target = .init(kept: 9_100, prompt: 101_000)
            $0.tokens.prm = .init(judged: 49_000, prompt: 260_123)
            $0.flopsPaper = 1.204e12 * 200
            $0.flopsSpent = 2.9e12 * 200
        }
        let target = row("target_only", 150) {
            $0.targetStepShare = 1
            $0.tokens.target = .init(kept: 52_000, prompt: 21_000)
            $0.flopsPaper = 3.9e12 * 200
            $0.flopsSpent = 5.4e12 * 200
        }
        var run = RunFigures(
            records: [
                .load(EngineLoad("draft", seconds: 3.1)), .load(EngineLoad("prm", seconds: 2.2)), .swap,
                .load(EngineLoad("target", seconds: 8.4)), .swap,
                .phase(wave: 1, engines: ["draft"], seconds: 42),
                .phase(wave: 1, engines: ["prm"], seconds: 9.25),
                .phase(wave: 1, engines: ["target"], seconds: 130),
            ], waves: 5)
        run.swaps = 14
        return Summary(
            job: "gsm8k-smol", grader: "exact/4", parameters: ["draft": 10], rows: [rsd, target], run: run)
    }
}

/// Lines as the text of a screen, each without the blanks at its end.
func screen(_ lines: [Line]) -> String {
    lines.map { line in
        var text = line.text
        while text.last == " " { text.removeLast() }
        return text
    }.joined(separator: "\n")
}
