import Foundation
import TestSupport
import Testing

@testable import ModelLifecycle

@Suite("Retries", .timeLimit(.minutes(1)))
struct RetryPolicyTests {
    private struct Passing: Error, Equatable { var number: Int }

    @Test("pauses double up to the longest")
    func pauses() {
        let policy = RetryPolicy(attempts: 9, firstPause: .milliseconds(250), longestPause: .seconds(3))
        #expect(
            (1...6).map { policy.pause(afterAttempt: $0) } == [0.25, 0.5, 1, 2, 3, 3].map { .seconds($0) })
    }

    @Test("the last error is thrown")
    func lastError() async throws {
        let clock = RecordingClock()
        var tries = 0
        await #expect(throws: Passing(number: 4)) {
            try await RetryPolicy(attempts: 4, firstPause: .seconds(1)).run(
                clock: clock, isTransient: { _ in true }
            ) {
                tries += 1
                throw Passing(number: tries)
            }
        }
        #expect(tries == 4)
        #expect(clock.sleeps == [.seconds(1), .seconds(2), .seconds(4)])
    }

    @Test("a success ends the attempts")
    func success() async throws {
        let clock = RecordingClock()
        var tries = 0
        let value = try await RetryPolicy().run(clock: clock, isTransient: { _ in true }) {
            tries += 1
            if tries < 3 { throw Passing(number: tries) }
            return tries
        }
        #expect(value == 3)
        #expect(clock.sleeps.count == 2)
    }

    @Test("lasting errors are not retried")
    func lastingErrors() async throws {
        let clock = RecordingClock()
        await #expect(throws: Passing(number: 1)) {
            try await RetryPolicy().run(clock: clock, isTransient: { _ in false }) {
                throw Passing(number: 1)
            }
        }
        #expect(clock.sleeps.isEmpty)
    }

    @Test("only some statuses may pass")
    func statuses() {
        #expect((400...599).filter(RetryPolicy.isTransient(status:)) == [429, 500, 502, 503, 504])
    }
}
