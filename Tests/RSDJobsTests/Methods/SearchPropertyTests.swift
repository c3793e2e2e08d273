@testable import ModelDoubles
import TestSupport
import Testing

@testable import Decoding
@testable import Methods

/// Searches decide as the loops of search-and-learn do, in whatever order answers arrive.
@Suite("Searches and the loops they follow") struct SearchPropertyTests {
    private struct Case {
        let models: FakeModels
        let limits: Limits
        let (n, width): (Int, Int)
        let score: SolutionScore
        let choice: FinalChoice
        let isSecond: Bool
        var random: SeededRandom

        init(seed: UInt64) {
            random = SeededRandom(seed: seed)
            var models = FakeModels(seed: random.next())
            models.prompt = "??"
            models.vocabulary += [#"\boxed{1}"#, #"\boxed{2}"#, ".\n\n"]
            models.endOdds = [4, 8, 20].randomElement(using: &random) ?? 8
            models.favouredRewards = [0.25, 0.5]
            models.judgesEmptyEnd = Bool.random(using: &random)
            self.models = models
            limits = Limits(
                delimiter: "\n\n", maxTokens: Int.random(in: 5...60, using: &random),
                maxSteps: Int.random(in: 2...8, using: &random))
            width = Int.random(in: 2...4, using: &random)
            n = width * Int.random(in: 1...4, using: &random)
            score = SolutionScore.allCases.randomElement(using: &random) ?? .last
            choice = FinalChoice.allCases.randomElement(using: &random) ?? .best
            isSecond = Bool.random(using: &random)
        }

        var book: SearchByTheBook {
            SearchByTheBook(models: models, limits: limits, n: n, width: width, score: score)
        }

        func trajectory(_ settings: any MethodSettings) -> Trajectory {
            let id = TrajectoryID(method: "m", dataset: "d", problem: "p")
            let common = CommonSettings(limits: limits, lookahead: .all, judgesEmptyEnd: models.judgesEmptyEnd)
            return Trajectory(
                id: id, limits: limits, method: settings.start(common, draw: Draw(runSeed: 0, trajectory: id)))
        }

        func response(_ settings: any MethodSettings) throws -> Response {
            var trajectory = trajectory(settings)
            var dice = random
            while let need = trajectory.needs.randomElement(using: &dice) {
                try trajectory.apply(try #require(SearchByTheBook.answer(need, models)))
            }
            return trajectory.response
        }

        var beams: BeamSettings {
            BeamSettings(
                count: n / width, score: score, choice: choice,
                samples: SampleSettings(n: n, sampling: Sampling(temperature: 1, topP: 1)))
        }
    }

    private func check(_ response: Response, _ outcome: SearchByTheBook.Outcome, _ book: SearchByTheBook, _ one: Case) {
        let chosen = book.chosen(one.choice, among: outcome.solutions)
        #expect(response.text == chosen.text)
        #expect(response.finish == chosen.finish)
        #expect(response.steps.map(\.reward) == chosen.rewards)
        #expect(response.candidates?.map(\.text) == outcome.solutions.map(\.text))
        #expect(response.candidates?.map { $0.score ?? -1 } == outcome.solutions.map(book.value))
        #expect(response.candidates?.count { $0.chosen } == 1)
        #expect(response.waves == outcome.rounds)
        var tokens = book.tokens
        tokens.draft.rejected -= chosen.kept
        tokens.draft.kept += chosen.kept
        #expect(response.tokens == tokens)
    }

    @Test("trees decide as the loop of dvts")
    func trees() throws {
        var (answered, several) = (0, 0)
        for seed in 0..<200 as Range<UInt64> {
            let one = Case(seed: seed)
            var book = one.book
            let outcome = book.diverseTrees(untilAnswer: one.isSecond)
            let response = try one.response(DiverseTreeSearch(trees: one.beams, end: one.isSecond ? .answer : .eos))
            check(response, outcome, book, one)
            answered += response.finish == .answered ? 1 : 0
            several += Set(outcome.solutions.map(\.text)).count > 1 ? 1 : 0
        }
        #expect(answered > 20 && several > 100, "\(answered), \(several)")
    }

    @Test("beams that leave their places decide as the loop of beam search")
    func beams() throws {
        var deep = 0
        for seed in 0..<200 as Range<UInt64> {
            let one = Case(seed: seed)
            var book = one.book
            let outcome = book.beams(distinct: one.isSecond)
            let response = try one.response(
                BeamSearch(beams: one.beams, finished: .leave, isDistinct: one.isSecond))
            check(response, outcome, book, one)
            deep += outcome.rounds > 2 ? 1 : 0
        }
        #expect(deep > 50, "\(deep)")
    }

    @Test("what a response may have changed is all that it changed")
    func changes() throws {
        var (fewer, responses) = (0, 0)
        for seed in 0..<60 as Range<UInt64> {
            let one = Case(seed: seed)
            let methods: [any MethodSettings] = [
                Majority(samples: one.beams.samples, writer: .draft),
                BestOfN(score: one.score, choice: one.choice, samples: one.beams.samples),
                DiverseTreeSearch(trees: one.beams), BeamSearch(beams: one.beams, finished: .leave),
            ]
            for method in methods {
                var trajectory = one.trajectory(method)
                var dice = one.random
                while let need = trajectory.needs.randomElement(using: &dice) {
                    let before = trajectory.needs
                    try trajectory.apply(try #require(SearchByTheBook.answer(need, one.models)))
                    let (after, named) = (trajectory.needs, trajectory.needs(after: need.candidate))
                    #expect(named.allSatisfy(after.contains))
                    #expect(after.allSatisfy { named.contains($0) || before.contains($0) })
                    responses += 1
                    fewer += named.count < after.count ? 1 : 0
                }
            }
        }
        #expect(fewer > responses / 4, "\(fewer) of \(responses)")
    }
}
