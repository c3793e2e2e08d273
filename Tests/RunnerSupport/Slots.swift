/// Lets few tests run at the same time: each starts several processes, and a small machine has to bear them all.
package actor Slots {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// - Parameter count: how many run at once.
    package init(_ count: Int) { free = count }

    /// Runs a test when its turn has come.
    package nonisolated func hold(_ test: @Sendable () async throws -> Void) async rethrows {
        await enter()
        do {
            try await test()
            await leave()
        } catch {
            await leave()
            throw error
        }
    }

    private func enter() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
