import Decoding
import Foundation
import RunnerSupport
import Testing

/// What must make no difference makes none.
@Suite("Results", .inSlots) struct EqualityTests {
    @Test("two runs give the same bytes")
    func twice() async throws {
        let job = try TestJob()
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(try await job.results() == job.reference())
        #expect(try job.resultLines().count == 9)
    }

    @Test("the concurrency changes no byte", arguments: ["1", "2", "64", "auto"])
    func concurrency(count: String) async throws {
        let job = try TestJob(JobSetup(engine: ["concurrency: \(count)"]))
        #expect(try await job.run().code == 0)
        #expect(try await job.results() == job.reference())
    }

    @Test(
        "an engine has as many requests before it as it computes at once and sixteen more, unless the job says otherwise",
        arguments: [("threads: 2", [], 18), ("threads: 5", [], 21), ("threads: 2", ["concurrency: 3"], 3)])
    func requestsInFlight(threads: String, engine: [String], most: Int) async throws {
        let setup = JobSetup(
            problems: 0..<24, methods: "[draft_only]", arguments: [threads, "delay-ms: 400"], engine: engine)
        let job = try TestJob(setup)
        #expect(try await job.run().code == 0)
        #expect(try RequestLog(job).requests.compactMap(\.open).max() == most)
    }

    /// Equivalence: draft-ahead decides as the step-at-a-time algorithm does.
    @Test(
        "the look-ahead changes no step, origin or reward",
        arguments: ["1", "2"], ["weighting: constant, p: 0.5", "weighting: constant, p: 0.9", "threshold: 0.5"])
    func lookahead(steps: String, weighting: String) async throws {
        var setup = JobSetup(problems: 0..<6, methods: "[{ rsd: { \(weighting) } }]", maxSteps: 5)
        let whole = try await TestJob.lines(of: TestJob(setup).reference())
        setup.lookahead = steps
        let job = try TestJob(setup)
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        let lines = try job.resultLines()
        #expect(lines.count == whole.count)
        for (line, expected) in zip(lines, whole) {
            #expect(line.text == expected.text, "\(line.id)")
            #expect(line.steps == expected.steps, "\(line.id)")
            #expect(line.finish == expected.finish, "\(line.id)")
        }
    }

    /// Independence: no trajectory depends on its batch.
    @Test("a problem alone gives its lines of the whole batch", arguments: 0..<3)
    func alone(problem: Int) async throws {
        let batch = try await TestJob.lines(of: TestJob().reference())
        let job = try TestJob(JobSetup(problems: problem..<problem + 1))
        #expect(try await job.run().code == 0)
        let lines = try job.resultLines()
        #expect(lines == batch.filter { $0.problem == lines.first?.problem })
        #expect(lines.count == 3)
    }

    @Test("the figures of an untouched run follow from its trajectories")
    func figures() async throws {
        let job = try TestJob(JobSetup(maxSteps: 5))
        #expect(try await job.run().code == 0)
        let (lines, summary) = (try job.resultLines(), try job.summary())
        for line in lines where line.method == "rsd" {
            // Each round of drafting ends with a step of the target, but for the one that finished the trajectory.
            let replaced = line.steps.count { $0.origin == .target }
            let endsOpen = line.finish == .eos && line.steps.last?.text.hasSuffix("\n\n") != false
            #expect(line.waves == replaced + (line.steps.last?.origin == .target && !endsOpen ? 0 : 1), "\(line.id)")
        }
        #expect(summary.run.waves == lines.map(\.waves).max())

        var phases: [(engines: [String], wave: Int)] = []
        for case .phase(let wave, let engines, _, _) in try job.records() { phases.append((engines, wave)) }
        let starts = try job.engineStarts()
        #expect(phases.map(\.engines) == starts.map { [$0.engine] })
        #expect(summary.run.coldStarts == starts.count)
        #expect(summary.run.swaps == starts.count - 1)
        #expect(phases.map(\.wave).max() == summary.run.waves)
        // Three engines a wave at most, and in every wave a draft engine.
        #expect(phases.count <= 3 * summary.run.waves)
        #expect(phases.count { $0.engines == ["draft"] } == summary.run.waves)
        for role in ["draft", "prm", "target"] { #expect(summary.run.seconds.loading[role] ?? 0 > 0, "\(role)") }

        // Rows are sums over the lines.
        for row in summary.rows {
            let own = lines.filter { $0.method == row.method }
            #expect(row.total == own.count && row.correct == own.count(where: \.correct))
            #expect(row.tokens.draft.generated == own.reduce(0) { $0 + $1.tokens.draft.generated })
            #expect(row.tokens.prm.prompt == own.reduce(0) { $0 + $1.tokens.prm.prompt })
        }
    }

    @Test("every request is asked once, and every token that was read is counted")
    func counts() async throws {
        let job = try TestJob()
        #expect(try await job.run().code == 0)
        let requests = try RequestLog(job).requests
        let figures = try job.figures().requests
        #expect(requests.count == figures.asked)
        // The methods' first drafts are the same.
        #expect(figures.shared > 0)
        #expect(figures.asked + figures.shared == job.eventCount)
        #expect(try job.summary().run.requests == figures)

        let (asked, all) = try promptTokens(of: job)
        let lines = try job.resultLines()
        for role in Role.named {
            #expect(
                requests.filter { $0.model == role.rawValue }.reduce(0) { $0 + $1.prompt.count } == asked[role],
                "\(role)")
        }
        // What a method costs is what it would cost alone.
        #expect(lines.reduce(0) { $0 + $1.tokens.draft.prompt } == all[.draft])
        #expect(lines.reduce(0) { $0 + $1.tokens.target.prompt } == all[.target])
        #expect(lines.reduce(0) { $0 + $1.tokens.prm.prompt } == all[.prm])
    }

    /// Tokens that were read by each model: those for which it was asked, and those of all answers.
    private func promptTokens(of job: TestJob) throws -> (asked: [Role: Int], all: [Role: Int]) {
        var (asked, all) = ([Role: Int](), [Role: Int]())
        for case .event(_, let event, let origin) in try job.records() {
            let (role, tokens): (Role, Int)
            switch event {
            case .generated(let answer): (role, tokens) = (answer.role, answer.promptTokens)
            case .scored(let answer): (role, tokens) = (answer.role, answer.promptTokens)
            case .likelihood(let answer): (role, tokens) = (answer.role, answer.promptTokens)
            case .failed, .retried: continue
            }
            all[role, default: 0] += tokens
            if origin.asked != nil { asked[role, default: 0] += tokens }
        }
        return (asked, all)
    }
}
