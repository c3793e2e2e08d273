import Decoding
import RunStore
import Support

extension Summary {
    /// The figures of one method on one data set.
    package struct Row: Sendable, Equatable, Codable {
        package var method: String
        package var dataset: String
        /// How the method's requests were sampled; nil in files of earlier versions.
        package var sampling: Sampling?
        package var total = 0
        /// Number of problems.
        package var problems = 0
        package var correct = 0
        /// nil without answers; the same holds for every share below.
        @Nulled package var accuracy: Double?
        /// Ends of the accuracy's 95 % interval: Wilson's, clustered by problem if problems have several samples.
        @Nulled package var accuracyLow: Double?
        @Nulled package var accuracyHigh: Double?
        /// avg@n, pass@k and maj@k; nil if no problem has several samples.
        package var samples: SampleFigures?
        /// The accuracy by the values of fields of the data set that have few; nil if there are none.
        package var breakdowns: [Breakdown]?
        /// Comparison with the method in which the target works alone; nil for that method, and if there is none.
        @Nulled package var paired: PairedComparison?
        /// Number of trajectories by finish.
        package var finishes: [String: Int] = [:]
        /// Number of trajectories by verdict.
        package var grades: [String: Int] = [:]
        /// Wrong answers that `exact` knew too little algebra to judge.
        package var undecided = 0
        /// Share of the final responses' steps that the target wrote.
        @Nulled package var targetStepShare: Double?
        /// Answers without a step of the target, and how many of them are right.
        package var draftAlone = DraftAlone()
        /// Share of the judged draft steps that were accepted.
        @Nulled package var acceptanceRate: Double?
        /// The same in draft tokens, as the authors' code counts.
        @Nulled package var acceptanceRateTokens: Double?
        /// The same in detail; nil without verdicts.
        @Nulled package var acceptance: Acceptance?
        /// Number of trajectories worked on in each wave, from the first.
        package var waves: [Int] = []
        package var tokens = TokenCounts()
        /// See ``Flops``. Of all answers together, per problem with all its samples, and per answer; nil if unknown.
        @Nulled package var flopsPaper: Double?
        @Nulled package var flopsSpent: Double?
        @Nulled package var flopsPaperPerProblem: Double?
        @Nulled package var flopsSpentPerProblem: Double?
        @Nulled package var flopsPaperPerAnswer: Double?
        @Nulled package var flopsSpentPerAnswer: Double?

        package struct DraftAlone: Sendable, Equatable, Codable {
            package var count = 0
            package var correct = 0
            /// Share of all answers.
            package var share: Double?
            /// Share of right ones in all answers.
            package var correctShare: Double?

            private enum CodingKeys: String, CodingKey {
                case count, correct, share
                case correctShare = "correct_share"
            }
        }

        private enum CodingKeys: String, CodingKey {
            case method, dataset, total, problems, correct, accuracy, paired, finishes, grades, undecided, acceptance,
                waves, tokens, breakdowns, samples, sampling
            case accuracyLow = "accuracy_low"
            case accuracyHigh = "accuracy_high"
            case targetStepShare = "target_step_share"
            case draftAlone = "draft_alone"
            case acceptanceRate = "acceptance_rate"
            case acceptanceRateTokens = "acceptance_rate_tokens"
            case flopsPaper = "flops_paper"
            case flopsSpent = "flops_spent"
            case flopsPaperPerProblem = "flops_paper_per_problem"
            case flopsSpentPerProblem = "flops_spent_per_problem"
            case flopsPaperPerAnswer = "flops_paper_per_answer"
            case flopsSpentPerAnswer = "flops_spent_per_answer"
        }
    }
}

extension Summary.Row {
    /// - Parameter lines: of one method and data set.
    package init(
        method: String, dataset: String, lines: [ResultLine], flops: Flops, streaming: RunFigures.Streaming? = nil
    ) {
        self.method = method
        self.dataset = dataset
        total = lines.count
        var (steps, byTarget) = (0, 0)
        for line in lines {
            correct += line.correct ? 1 : 0
            finishes[line.finish.rawValue, default: 0] += 1
            grades[line.verdict.rawValue, default: 0] += 1
            undecided += line.isUndecided ? 1 : 0
            tokens += line.tokens
            steps += line.steps.count
            let written = line.steps.count { $0.origin == .target }
            byTarget += written
            if written == 0, !line.steps.isEmpty, line.finish != .failed {
                draftAlone.count += 1
                draftAlone.correct += line.correct ? 1 : 0
            }
            let lasted = min(max(0, line.waves), Self.mostWaves)
            while waves.count < lasted { waves.append(0) }
            for wave in 0..<lasted { waves[wave] += 1 }
        }
        draftAlone.share = Proportion(draftAlone.count, of: total).value
        draftAlone.correctShare = Proportion(draftAlone.correct, of: total).value
        targetStepShare = Proportion(byTarget, of: steps).value
        setAccuracy(lines)
        if total > problems { samples = SampleFigures(SampledProblem.all(in: lines)) }
        setAcceptance(Acceptance(lines))
        if let streaming {
            tokens.draft.lookahead = min(Counted.most, tokens.draft.lookahead.plus(streaming.beyond))
            tokens.prm.prompt = min(Counted.most, tokens.prm.prompt.plus(streaming.readAhead))
        }
        flopsPaper = flops.paper(tokens)
        flopsSpent = flops.spent(tokens)
        addFlops(0)
    }

    /// Above any real number of waves: each wave adds a step to a trajectory.
    private static let mostWaves = 1_000_000

    /// Adds FLOPs that are not in the token counts, to both counts.
    mutating func addFlops(_ more: Double?) {
        func sum(_ flops: Double?) -> Double? { flops.flatMap { flops in more.map { flops + $0 } } }
        (flopsPaper, flopsSpent) = (sum(flopsPaper), sum(flopsSpent))
        guard total > 0 else { return }
        flopsPaperPerProblem = flopsPaper.map { $0 / Double(problems) }
        flopsSpentPerProblem = flopsSpent.map { $0 / Double(problems) }
        flopsPaperPerAnswer = flopsPaper.map { $0 / Double(total) }
        flopsSpentPerAnswer = flopsSpent.map { $0 / Double(total) }
    }

    private mutating func setAccuracy(_ lines: [ResultLine]) {
        let share = ClusteredProportion(lines)
        problems = share.clusters.count
        accuracy = share.all.value
        accuracyLow = share.interval?.lowerBound
        accuracyHigh = share.interval?.upperBound
    }

    private mutating func setAcceptance(_ acceptance: Acceptance) {
        guard let rate = acceptance.all.steps.acceptance else { return }
        self.acceptance = acceptance
        acceptanceRate = rate
        acceptanceRateTokens = acceptance.all.tokens.acceptance
    }
}
