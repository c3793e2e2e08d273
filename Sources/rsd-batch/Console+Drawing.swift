import Support

extension Console {
    private static let frame = Duration.milliseconds(100)

    /// Draws frames on standard error while the body runs, and a last one when it returns.
    func drawing<Result: Sendable>(
        _ next: @escaping @Sendable () -> String, last: () -> String, during body: () async throws -> Result
    ) async throws -> Result {
        let ticker = Task {
            while !Task.isCancelled {
                draw(next())
                try? await Task.sleep(for: Self.frame)
            }
        }
        let result = await Swift.Result(catching: body)
        ticker.cancel()
        await ticker.value
        draw(last())
        return try result.get()
    }
}
