/// Runs one operation at a time, in order of arrival; an actor alone would let them interleave.
actor Turnstile {
    private var busy = false
    private var queue: [CheckedContinuation<Void, Never>] = []

    func pass<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
        await enter()
        defer { leave() }
        return try await body()
    }

    private func enter() async {
        if !busy {
            busy = true
            return
        }
        await withCheckedContinuation { queue.append($0) }
    }

    private func leave() {
        if queue.isEmpty {
            busy = false
        } else {
            queue.removeFirst().resume()
        }
    }
}
