import Testing

@testable import Decoding
@testable import JobSpecs
@testable import RSDJobs
@testable import RunStore
@testable import Runner

@Suite("When the last trajectories get all engines at once") struct TailRuleTests {
    private static let engines: [EngineID] = ["draft", "prm", "target"]
    private static let groups: [[EngineID]] = [["draft"], ["prm"], ["target"]]

    /// Trajectories of which so many have finished after one wave, two waves, …; the others are unfinished after the last one.
    private func trajectories(_ count: Int, finishing: [Int]) throws -> TrajectorySet {
        var all = TrajectorySet(try SimulationTests.job(methods: "[{ rsd: { threshold: 0.7 } }]", problems: count))
        var left = Array(all)
        for finished in finishing {
            for place in left.indices {
                let isLast = place < finished
                try left[place].apply(
                    .generated(
                        Generated(
                            role: .draft,
                            steps: [StepText(text: isLast ? "a" : "a\n\n", tokens: 1)]
                                + (isLast ? [] : [StepText(text: "b", tokens: 1)]), end: .eos, promptTokens: 1)))
                guard case .score(let wanted)? = left[place].needs.first else { return all }
                try left[place].apply(
                    .scored(
                        Scored(
                            rewards: wanted.unscored.map { wanted.steps[$0] == "a\n\n" ? 0 : 1 },
                            tokens: wanted.unscored.map { _ in 1 }, promptTokens: 1)))
                guard !isLast else { continue }
                try left[place].apply(
                    .generated(
                        Generated(
                            role: .target, steps: [StepText(text: "c\n\n", tokens: 1)], end: .delimiter, promptTokens: 1
                        )))
            }
            all.update(left)
            left.removeFirst(finished)
        }
        return all
    }

    private func applies(
        _ tail: TailSpec, to all: TrajectorySet, room: Int? = 64, leastGain: Double = 30, start: Double = 20,
        wake: Double? = nil, instead groups: [[EngineID]] = groups
    ) -> Bool {
        func each(_ seconds: Double) -> [EngineID: Double] {
            Dictionary(uniqueKeysWithValues: Self.engines.map { ($0, seconds) })
        }
        let rule = TailRule(
            tail, leastGain: leastGain,
            costs: ArrivalCosts(starts: each(start), next: each(wake ?? start), later: each(wake ?? start))
        ) { _ in room }
        return rule.applies(
            to: all.filter { $0.response.finish == nil }, of: all, Self.engines, instead: groups)
    }

    @Test("a number is a number, wherever the engines fit")
    func number() throws {
        let all = try trajectories(10, finishing: [3])
        #expect(applies(.last(7), to: all) && applies(.last(100), to: all))
        #expect(!applies(.last(6), to: all))
        #expect(!applies(.last(7), to: all, room: nil))
        // The user knows how full the caches get.
        #expect(applies(.last(7), to: all, room: 1))
        #expect(!applies(.never, to: all))
    }

    @Test("auto knows nothing before the first wave, and takes no more than the caches hold")
    func room() throws {
        #expect(!applies(.auto, to: try trajectories(10, finishing: [])))
        let all = try trajectories(12, finishing: [2, 1, 1])
        #expect(applies(.auto, to: all, room: 8))
        #expect(!applies(.auto, to: all, room: 7))
        #expect(!applies(.auto, to: all, room: nil))
    }

    @Test("auto goes by what starts take against what is left to do")
    func gain() throws {
        // Nearly all finish in each wave: the next is likely to be the last.
        #expect(!applies(.auto, to: try trajectories(40, finishing: [38])))
        // Few do.
        #expect(applies(.auto, to: try trajectories(12, finishing: [2, 2])))
        // Starts that take no time.
        #expect(!applies(.auto, to: try trajectories(12, finishing: [2, 2]), start: 0.1))
        #expect(applies(.auto, to: try trajectories(12, finishing: [2, 2]), leastGain: 0.1, start: 0.1))
        // Engines that wake up quickly.
        #expect(!applies(.auto, to: try trajectories(12, finishing: [2, 2]), wake: 0.5))
        #expect(!applies(.auto, to: try trajectories(12, finishing: [2, 2]), wake: 0))
    }

    @Test("how many waves are left follows from how many trajectories finished in the later ones")
    func forecast() throws {
        func waves(_ count: Int, _ finishing: [Int]) throws -> Double? {
            let all = try trajectories(count, finishing: finishing)
            return TailForecast(all.filter { $0.response.finish == nil }, of: all).waves
        }
        #expect(try waves(10, []) == nil)
        let half = try #require(try waves(16, [8]))
        #expect(half > 3 && half < 6, "\(half)")
        let more = try #require(try waves(16, [8, 4, 2]))
        #expect(more > 1 && more < half, "\(more)")
        let slow = try #require(try waves(16, [1, 1]))
        #expect(slow > 3 * half, "\(slow)")
        // No wave is without a step.
        let none = try #require(try waves(16, [0, 0, 0]))
        #expect(none <= 97 && none > slow, "\(none)")
    }

    @Test("a sample of the problems has a part of the room")
    func scaled() throws {
        let all = try trajectories(10, finishing: [3])
        let rule = TailRule(.last(70), leastGain: 0, costs: ArrivalCosts(starts: [:], next: [:], later: [:])) { _ in 64
        }
        func applies(_ factor: Double) -> Bool {
            rule.scaled(by: factor).applies(
                to: all.filter { $0.response.finish == nil }, of: all, Self.engines, instead: Self.groups)
        }
        #expect(applies(1) && applies(10) && !applies(11))
        #expect(rule.scaled(by: 16).room([]) == 4)
    }
}
