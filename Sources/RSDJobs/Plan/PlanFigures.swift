import Decoding
import JobSpecs
import Support

extension RunCounts {
    /// The figures that do not depend on speed.
    func figures(of roles: [Role]) -> [(name: JobPlan.Name, value: Double)] {
        let counts: [(JobPlan.Name, Int)] = [
            (.waves, waves), (.requests, asked), (.sharedAnswers, shared),
            (.starts, starts.values.reduce(0, +)), (.wakes, wakes.values.reduce(0, +)), (.swaps, swaps),
        ]
        let tokens: [(JobPlan.Name, Int)] = roles.flatMap { role in
            [(.tokensWritten(role), work[role]?.written ?? 0), (.tokensRead(role), work[role]?.read ?? 0)]
        }
        return (counts + tokens).map { ($0, Double($1)) }
    }

    /// The figures of time for one choice of engine speeds.
    ///
    /// - Parameter imports: seconds that the first warm start waits for; nil if starts are cold.
    func seconds(
        of engines: JobEngines, at speeds: [EngineID: EngineSpeed], imports: PlanRange?,
        _ end: KeyPath<PlanRange, Double>
    ) -> [(name: JobPlan.Name, value: Double)] {
        var loading = starts.isEmpty ? 0 : imports?[keyPath: end] ?? 0
        var busy: [(name: JobPlan.Name, value: Double)] = []
        for engine in engines.all {
            guard let speed = speeds[engine] else { continue }
            loading += Double(starts[engine] ?? 0) * speed.start[keyPath: end]
            loading += Double(wakes[engine] ?? 0) * speed.wake[keyPath: end]
            let done = engines.roles(of: engine).compactMap { work[$0] }.reduce(Work(), +)
            let throughput =
                Double(done.read) * speed.read[keyPath: end] + Double(done.written) * speed.written[keyPath: end]
            busy.append((.busy(engine), throughput + Double(done.serial) * speed.serial[keyPath: end]))
        }
        let working = busy.reduce(0) { $0 + $1.value }
        return busy + [(.loading, loading), (.total, working + loading)]
    }

    /// The counts of a job with proportionally more problems.
    func scaled(by factor: Double) -> RunCounts {
        func more(_ number: Int) -> Int { Int(bounding: Double(number) * factor) }
        var counts = self
        (counts.asked, counts.shared) = (more(asked), more(shared))
        counts.byWave = byWave.map { wave in
            var wave = wave
            wave.trajectories = more(wave.trajectories)
            return wave
        }
        counts.work = work.mapValues { Work(read: more($0.read), written: more($0.written), serial: $0.serial) }
        return counts
    }
}

extension JobPlan {
    /// - Parameters:
    ///   - simulations: the expected one first.
    ///   - imports: see ``RunCounts/seconds(of:at:imports:_:)``.
    ///   - slack: how far the ends of counts lie beyond the simulations, as a share of them.
    static func figures(
        _ simulations: [RunCounts], of roles: [Role], on engines: JobEngines, speeds: [EngineID: EngineSpeed],
        imports: PlanRange?, slack: Double
    ) -> [Figure] {
        let counts = simulations.map { $0.figures(of: roles) }
        // Waves are those of a single trajectory, and the number of engine starts depends on waves.
        let oneWave = slack > 0 ? max(slack, 1 / Double(max(1, simulations[0].waves))) : 0
        let counted = counts[0].indices.map { place in
            let name = counts[0][place].name
            let goesByWaves = [.waves, .starts, .wakes, .swaps].contains(name)
            return Figure(
                name: name,
                range: PlanRange(over: counts.map { $0[place].value }, slack: goesByWaves ? oneWave : slack))
        }
        let expected = simulations[0].seconds(of: engines, at: speeds, imports: imports, \.expected)
        let fast = simulations.map { $0.seconds(of: engines, at: speeds, imports: imports, \.low) }
        let slow = simulations.map { $0.seconds(of: engines, at: speeds, imports: imports, \.high) }
        let timed = expected.indices.map { place in
            Figure(
                name: expected[place].name,
                range: PlanRange(
                    low: fast.map { $0[place].value }.min() ?? 0, expected: expected[place].value,
                    high: slow.map { $0[place].value }.max() ?? 0))
        }
        return (counted + timed).filter { $0.range.high > 0 }
    }

    /// The parts of the expected time.
    static func costs(_ figures: [Figure]) -> [Cost] {
        let total = figures.first { $0.name == .total }?.range.expected ?? 0
        return figures.compactMap { figure -> Cost? in
            let what: String
            switch figure.name {
            case .busy(let engine): what = engine == "prm" ? "the PRM reading" : "the \(engine) writing"
            case .loading: what = "engine starts"
            default: return nil
            }
            let seconds = figure.range.expected
            return Cost(what: what, seconds: seconds, share: total > 0 ? seconds / total : 0)
        }.sorted { $0.seconds > $1.seconds }
    }
}
