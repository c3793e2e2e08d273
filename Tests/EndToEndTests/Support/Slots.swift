import Foundation
import Testing

/// Lets few tests run at the same time: each starts several processes, and a small machine has to bear them all.
struct SlotsTrait: SuiteTrait, TestTrait, TestScoping {
    let isRecursive = true

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        await Slots.shared.enter()
        do {
            try await function()
            await Slots.shared.leave()
        } catch {
            await Slots.shared.leave()
            throw error
        }
    }
}

extension Trait where Self == SlotsTrait {
    static var inSlots: SlotsTrait { SlotsTrait() }
}

private actor Slots {
    static let shared = Slots()
    /// Much of a run is waiting for processes to come and go.
    private var free = 2 * min(ProcessInfo.processInfo.activeProcessorCount, 4)
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func enter() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
