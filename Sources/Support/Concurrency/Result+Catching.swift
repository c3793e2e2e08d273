extension Result where Failure == any Error, Success: Sendable {
    /// What the body returns or throws, for what has to be done in either case before it goes on.
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
