import Testing

@testable import ModelLifecycle

@Suite("The pace of reading a body") struct ReadingPaceTests {
    private let start = ContinuousClock.now

    @Test("a young body is read at once")
    func young() {
        var pace = ReadingPace(origin: start)
        let isPaused = pace.pause(1, age: .milliseconds(79), at: start)
        #expect(!isPaused && pace.milliseconds(from: start) == 60_000)
    }

    @Test(
        "a pause is short against what the body has taken, and bounded",
        arguments: [80, 160, 400, 800, 5000, 3_600_000])
    func pause(_ age: Int) {
        for offset in 0..<20 {
            var pace = ReadingPace(origin: start)
            let now = start + .milliseconds(offset)
            let isPaused = pace.pause(1, age: .milliseconds(age), at: now)
            let length = Int(pace.milliseconds(from: now))
            #expect(isPaused && length <= min(50, age / 16) && length >= min(50, age / 16) - 5)
            let due = pace.due(at: now + .milliseconds(length))
            #expect(due == [1])
        }
    }

    @Test("pauses end together, each once")
    func together() {
        var pace = ReadingPace(origin: start)
        let begun = (1...4).map {
            pace.pause(UInt64($0), age: .seconds(1), at: start + .milliseconds($0 == 4 ? 30 : $0))
        }
        #expect(begun == [true, true, true, true])
        pace.forget(2)
        let due = [49, 50, 50, 9000].map { Set(pace.due(at: start + .milliseconds($0))) }
        #expect(due == [[], [1, 3], [], [4]])
        #expect(pace.milliseconds(from: start + .seconds(9)) == 60_000)
    }
}
