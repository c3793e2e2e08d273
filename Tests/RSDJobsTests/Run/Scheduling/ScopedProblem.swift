import Testing

@testable import Decoding
@testable import JobSpecs
@testable import RunStore
@testable import Runner

/// A small job and the first of its trajectories: what requests are made of, without engines.
struct ScopedProblem {
    let job: LoadedJob
    let scope: RequestScope
    let id: TrajectoryID

    init() throws {
        let fixture = try SpecFixture()
        try fixture.writeJob()
        job = try fixture.load()
        scope = RequestScope(job)
        id = try #require(TrajectorySet(job).map(\.id).first)
    }

    /// - Parameter scope: of a changed job, if it is another.
    func request(_ need: Need, in scope: RequestScope? = nil) -> InferenceRequest {
        InferenceRequest(need, of: id, in: scope ?? self.scope)
    }
}
