extension Result where Failure == any Error, Success: Sendable {
    /// Runs the body and returns its value or its error, for cleanup that must happen in either case.
    package init(
        isolation: isolated (any Actor)? = #isolation, catching body: () async throws -> Success
    ) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
