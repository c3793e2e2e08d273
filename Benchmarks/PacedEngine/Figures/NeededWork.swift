import Decoding

/// What reward-guided decoding needs at least: each step written once, every token read once by each model that needs it.
package struct NeededWork: Sendable, Equatable {
    package var read: [Role: Int] = [:]
    package var written: [Role: Int] = [:]
    package var draftSteps = 0
    package var targetSteps = 0
    private var contexts: [Role: Double] = [:]
    private let problems: Int

    /// Decodes the problems step by step.
    package init(_ problems: [SyntheticProblem], threshold: Double) {
        self.problems = problems.count
        for problem in problems { add(problem, threshold) }
    }

    private mutating func add(_ problem: SyntheticProblem, _ threshold: Double) {
        // The question and its delimiter.
        let prompt = problem.questionTokens + 1
        var state = SyntheticProblem.State()
        var (length, lastTarget, foreign, judged) = (prompt, 0, 0, 0)
        while state.steps < problem.steps {
            let drafted = problem.step(by: .draft, after: state)
            write(drafted.count, .draft, after: length)
            judged += drafted.count
            draftSteps += 1
            var step = drafted
            let isLast = state.steps == problem.steps - 1
            // The end token is not shown to a PRM.
            if problem.reward(in: problem.reading(isLast ? step.dropLast() : step[...], after: state)) < threshold {
                step = problem.step(by: .target, after: state)
                write(step.count, .target, after: length)
                targetSteps += 1
                lastTarget = length
                foreign += step.count
            }
            state = problem.reading(step, after: state)
            length += step.count
            if isLast { break }
        }
        read[.draft, default: 0] += prompt + foreign
        read[.target, default: 0] += lastTarget
        read[.prm, default: 0] += prompt + foreign + judged
    }

    private mutating func write(_ tokens: Int, _ role: Role, after length: Int) {
        written[role, default: 0] += tokens
        contexts[role, default: 0] += Double(tokens * (length + tokens / 2))
    }

    /// Seconds that a machine needs for it if all batches are full: of the busiest GPU.
    package func bound(on machine: PacedMachine) -> Double {
        let seconds = PacedMachine.roles.map { role -> Double in
            let cost = machine.cost(of: role)
            let (reading, writing) = (read[role] ?? 0, written[role] ?? 0)
            let context = writing > 0 ? (contexts[role] ?? 0) / Double(writing) : 0
            let room = context > 0 ? Int(Double(machine.cacheTokens(of: role)) / context) : .max
            let batch = min(machine.gpu.sequences, problems, max(1, room))
            return Double(reading) * cost.perToken
                + Double(writing) * cost.perWrittenToken(sequences: batch, context: context)
        }
        return machine.devices == .one ? seconds.reduce(0, +) : seconds.max() ?? 0
    }
}
