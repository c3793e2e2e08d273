import Testing

@testable import Decoding
@testable import JobSpecs
@testable import RunStore
@testable import Runner
@testable import Support

@Suite("The time that a run will still take") struct ForecastTests {
    private static let apart: [[EngineID]] = [["draft"], ["prm"], ["target"]]
    private static let together: [[EngineID]] = [["draft", "prm", "target"]]

    private static func run(
        _ methods: String, in groups: [[EngineID]], problems: Int = 40, temperature: String = "0",
        change: (inout TimedRun) -> Void = { _ in }
    ) throws -> TimedRun {
        let job = try SimulationTests.job(methods: methods, temperature: temperature, problems: problems)
        let engines = JobEngines(job.spec).all
        var run = TimedRun(job)
        change(&run)
        try run.run(in: groups.map { $0.filter(engines.contains) }.filter { !$0.isEmpty })
        return run
    }

    private static func check(_ run: TimedRun, known: Double) {
        #expect(run.forecasts.first?.left == nil, "nothing is known yet")
        #expect(run.forecasts.last?.left == 0)
        let share = Double(run.forecasts.count { $0.left != nil }) / Double(run.forecasts.count)
        #expect(share >= known, "known after \(1 - share) of the responses")
        let ratios = run.ratios.sorted()
        #expect(!ratios.isEmpty)
        let middle = ratios[ratios.count / 10...ratios.count * 9 / 10]
        let (low, high) = (middle.first ?? 0, middle.last ?? 0)
        #expect(low > 0.5 && high < 2, "\(low) to \(high)")
    }

    @Test("engines that take turns: known once every method has been through each model once")
    func swapping() throws {
        let run = try Self.run("[{ rsd: { threshold: [0.6, 0.8] } }, target_only]", in: Self.apart)
        Self.check(run, known: 0.3)
    }

    @Test("one method of one model is forecast from its fifth response on")
    func oneModel() throws {
        let run = try Self.run("[target_only]", in: Self.apart)
        Self.check(run, known: 0.8)
    }

    @Test("engines that are all up")
    func sharing() throws {
        let run = try Self.run("[{ rsd: { weighting: constant, p: 0.5 } }, target_only]", in: Self.together)
        Self.check(run, known: 0.5)
    }

    @Test("servers that others run are never started")
    func attached() throws {
        let run = try Self.run("[{ rsd: { weighting: constant, p: 0.5 } }]", in: Self.together) {
            $0.startsEngines = false
        }
        Self.check(run, known: 0.5)
    }

    @Test("several candidates for each problem or step")
    func candidates() throws {
        let run = try Self.run(
            "[{ best_of_n: { n: 4 } }, { process_best_of_n: { n: 3 } }]", in: Self.apart, temperature: "0.8")
        Self.check(run, known: 0.2)
    }

    @Test("the time of the engines' starts is part of it")
    func starts() throws {
        let methods = "[{ rsd: { weighting: constant, p: 0.5 } }]"
        let quick = try Self.run(methods, in: Self.apart) { $0.start = 0 }
        let slow = try Self.run(methods, in: Self.apart) { $0.start = 1000 }
        let first = try #require(slow.forecasts.firstIndex { $0.left != nil })
        #expect(try #require(slow.forecasts[first].left) > 3000 + (quick.forecasts[first].left ?? 0))
        Self.check(slow, known: 0.3)
    }

    @Test("requests that take the same time whatever they write")
    func latency() throws {
        let run = try Self.run("[{ rsd: { threshold: [0.6, 0.8] } }, target_only]", in: Self.apart) {
            ($0.pause, $0.token) = (4, 0.001)
        }
        Self.check(run, known: 0.3)
    }

    @Test("what a request takes is divided into a part for each and one for what it writes, neither negative")
    func cost() {
        func share(_ seen: [(Double, Double)], requests: Double, load: Double) -> Double {
            var cost = RequestCost()
            for (load, seconds) in seen { cost.add(load: load, seconds: seconds) }
            return cost.share(ofRequests: requests, load: load)
        }
        #expect(abs(share([(10, 3), (20, 5), (30, 7)], requests: 5, load: 100) - 25.0 / 15) < 1e-9)
        #expect(abs(share([(10, 2), (20, 5), (30, 8)], requests: 0, load: 60) - 1) < 1e-9)
        #expect(abs(share([(10, 4), (20, 2)], requests: 2, load: 1000) - 1) < 1e-9)
        #expect(share([(7, 2)], requests: 3, load: 5) == 3 && share([], requests: 1, load: 1) == 0)
    }

    @Test("one trajectory of a method is enough where there is only one")
    func small() throws {
        let run = try Self.run("[target_only]", in: Self.apart, problems: 1)
        #expect(run.forecasts.map(\.left) == [nil, 0])
    }

    @Test("the same is known from the journal as from the events")
    func journal() throws {
        let methods = "[{ rsd: { weighting: constant, p: 0.5 } }]"
        let run = try Self.run(methods, in: Self.apart, problems: 12)
        let job = try SimulationTests.job(methods: methods, problems: 12)
        for forecast in run.forecasts {
            let work = try WorkDone(Array(run.journal.prefix(forecast.records)), of: job)
            #expect(Forecast.secondsLeft(work) == forecast.left)
        }
    }
}
