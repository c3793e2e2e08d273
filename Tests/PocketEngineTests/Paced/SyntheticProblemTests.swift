import Decoding
import PacedEngine
import Testing

@Suite("Synthetic problems are written as at temperature 0") struct SyntheticProblemTests {
    private static let delimiter = 50
    private static let end = 51
    private static let vocabulary = SyntheticVocabulary(
        words: Array(10..<40), firstWords: [41, 42, 43], delimiter: delimiter, end: end, answer: ([44], [45]),
        digits: Array(0..<10))

    private func problem(_ number: Int) -> SyntheticProblem { SyntheticProblem(number, Self.vocabulary) }

    @Test("a text that is cut anywhere goes on as if it had not been")
    func continuation() {
        for number in 0..<20 {
            let problem = problem(number)
            for role in [Role.draft, .target] {
                let whole = problem.continuation(by: role, after: .init(), limit: 10_000)
                #expect(whole.last == Self.end)
                #expect(whole.filter { $0 == Self.delimiter }.count == problem.steps - 1)
                for cut in stride(from: 0, to: whole.count, by: 7) {
                    let rest = problem.continuation(
                        by: role, after: problem.reading(whole.prefix(cut)), limit: 10_000)
                    #expect(rest == Array(whole.dropFirst(cut)))
                    #expect(
                        problem.continuation(by: role, after: .init(), limit: cut + 1)
                            == Array(whole.prefix(cut + 1)))
                }
            }
        }
    }

    @Test("after a step of another model, the draft writes something else")
    func otherSteps() {
        let problem = problem(3)
        let (draft, target) = (
            problem.step(by: .draft, after: .init()), problem.step(by: .target, after: .init())
        )
        #expect(draft != target && draft.last == Self.delimiter && target.last == Self.delimiter)
        #expect(
            problem.step(by: .draft, after: problem.reading(draft))
                != problem.step(by: .draft, after: problem.reading(target)))
    }

    @Test("a reward depends on the problem and on every token, and one pass gives what step by step gives")
    func rewards() {
        let problem = problem(5)
        var solution = problem.continuation(by: .draft, after: .init(), limit: 10_000).dropLast()
        let prompt = problem.question + [Self.delimiter]
        let whole = Array(prompt + solution)
        let together = problem.rewards(of: whole[prompt.count...])
        #expect(together.count == problem.steps)
        var state = SyntheticProblem.State()
        for (place, token) in solution.enumerated() {
            state = problem.reading([token], after: state)
            guard let reward = together[prompt.count + place] else { continue }
            #expect(reward == problem.reward(in: state) && (0...1).contains(reward))
        }
        solution[0] = solution[0] == 41 ? 42 : 41
        let changed = Array(prompt + solution)
        #expect(problem.rewards(of: changed[prompt.count...]) != together)
        #expect(self.problem(6).rewards(of: whole[prompt.count...]) != together)
    }

    @Test("lengths and rejections are what the documentation says")
    func distribution() {
        let problems = (0..<2000).map(problem)
        func mean(_ value: (SyntheticProblem) -> Int) -> Double { Double(problems.map(value).reduce(0, +)) / 2000 }
        #expect((9.0...11).contains(mean(\.steps)))
        #expect((97.0...107).contains(mean(\.questionTokens)))
        for (threshold, share) in [(0.5, 0.06), (0.7, 0.15), (0.9, 0.44)] {
            let needed = NeededWork(problems, threshold: threshold)
            let rejected = Double(needed.targetSteps) / Double(needed.draftSteps)
            #expect(abs(rejected - share) < 0.02, "\(threshold): \(rejected)")
            let length = Double(needed.written[.draft] ?? 0) / Double(needed.draftSteps)
            #expect((40.0...46).contains(length), "\(length)")
        }
    }

    @Test(
        "what a run needs: nothing of the target where every step passes, as many steps of it as of the draft where none does"
    )
    func neededWork() {
        let problems = (0..<50).map(problem)
        let easy = NeededWork(problems, threshold: 0)
        #expect(easy.targetSteps == 0 && easy.draftSteps == problems.map(\.steps).reduce(0, +))
        let texts = problems.map { $0.continuation(by: .draft, after: .init(), limit: 10_000).count }
        #expect(easy.written[.draft] == texts.reduce(0, +))
        let hard = NeededWork(problems, threshold: 1.1)
        #expect(hard.targetSteps == hard.draftSteps)
        // More work needs more time, and a GPU each less than one for all.
        let (one, three) = (PacedMachine(.h100, devices: .one), PacedMachine(.h100, devices: .three))
        #expect(easy.bound(on: one) < hard.bound(on: one))
        #expect(hard.bound(on: three) < hard.bound(on: one))
    }
}

@Suite("What a paced engine will write ends as vLLM ends it") struct PlannedTextTests {
    private func planned(_ pieces: [String], stops: [String]) -> PlannedText {
        PlannedText(
            prompt: [1], tokens: Array(pieces.indices), end: pieces.count - 1, stops: stops, piece: { pieces[$0] })
    }

    @Test(
        "a stop string may begin and end within tokens; all its tokens count, and the first to be complete ends the text"
    )
    func stops() {
        let pieces = ["a", "b\n", "\nc", "d", "", "x"]
        let text = planned(pieces, stops: ["zz", "\n\n"])
        #expect(text.tokens == [0, 1, 2] && text.finish == "stop" && text.stop == "\n\n")
        #expect(text.shown("ab\n\nc", includesStop: true) == "ab\n\n")
        #expect(text.shown("ab\n\nc", includesStop: false) == "ab")
        #expect(planned(pieces, stops: ["d", "\nc"]).stop == "\nc")
        #expect(planned(["ab", "ab", ""], stops: ["bab"]).tokens == [0, 1])
    }

    @Test("without a stop string in it, it ends with the end token or at the limit")
    func ends() {
        let whole = planned(["a", "b", ""], stops: ["\n\n", ""])
        #expect(whole.finish == "stop" && whole.stop == nil && whole.tokens == [0, 1, 2])
        let cut = PlannedText(prompt: [1], tokens: [0, 1], end: 9, stops: [], piece: { _ in "a" })
        #expect(cut.finish == "length" && cut.shown("aa", includesStop: true) == "aa")
    }
}
