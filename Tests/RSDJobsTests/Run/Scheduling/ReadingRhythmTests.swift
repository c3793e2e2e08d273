import Testing

@testable import Runner

@Suite("How many steps the PRM reads at once")
struct ReadingRhythmTests {
    @Test("with few solutions each step is read as it comes, with many as many as rejections make worth while")
    func steps() {
        var rhythm = ReadingRhythm()
        #expect(rhythm.steps(solutions: 63) == 1 && rhythm.steps(solutions: 64) == 2)
        for _ in 0..<200 { rhythm.note(accepted: 10, isRejected: false) }
        #expect(rhythm.steps(solutions: 64) > 5 && rhythm.steps(solutions: 1) == 1)
        for _ in 0..<20_000 { rhythm.note(accepted: 0, isRejected: true) }
        #expect(rhythm.steps(solutions: 5_000) == 2)
    }
}
