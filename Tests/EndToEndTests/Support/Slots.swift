import Foundation
import RunnerSupport
import Testing

/// Lets few tests run at the same time.
struct SlotsTrait: SuiteTrait, TestTrait, TestScoping {
    /// Much of a run is waiting for processes to come and go.
    private static let slots = Slots(3 * min(ProcessInfo.processInfo.activeProcessorCount, 4))

    let isRecursive = true

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        try await Self.slots.hold(function)
    }
}

extension Trait where Self == SlotsTrait {
    static var inSlots: SlotsTrait { SlotsTrait() }
}
