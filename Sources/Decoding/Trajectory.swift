/// One problem solved by one method with one seed: the unit of work, of the journal and of the results.
package struct Trajectory: Sendable {
    package let id: TrajectoryID
    package private(set) var response: Response
    package private(set) var method: any DecodingMethod
    /// Of requests for which the method says nothing else; nil for the job's.
    private let sampling: Sampling?

    package init(id: TrajectoryID, limits: Limits, method: any DecodingMethod, sampling: Sampling? = nil) {
        self.id = id
        self.sampling = sampling
        self.response = Response(limits: limits)
        self.method = method
    }

    /// The next needs; empty if it is finished.
    package var needs: [Need] { response.finish == nil ? sampled(method.needs(for: response)) : [] }

    /// Those that a response for a candidate may have changed.
    package func needs(after candidate: Int) -> [Need] {
        response.finish == nil ? sampled(method.needs(for: response, after: candidate)) : []
    }

    private func sampled(_ needs: [Need]) -> [Need] {
        sampling.map { sampling in needs.map { $0.sampled(sampling) } } ?? needs
    }

    /// The wave that the next needs belong to, from 1.
    package var wave: Int { method.wave(of: response) }

    /// Whether it needs any of these models.
    package func needs(anyOf roles: [Role]) -> Bool {
        needs.contains { roles.contains($0.role) }
    }

    /// Takes in the next event.
    ///
    /// - Throws: ``UnexpectedEvent`` if it does not match; the trajectory is then unchanged.
    package mutating func apply(_ event: Event) throws {
        var trajectory = self
        try trajectory.replay(event)
        self = trajectory
    }

    /// The same in place, which copies nothing.
    ///
    /// - Throws: ``UnexpectedEvent`` if it does not match; the trajectory is then of no use.
    package mutating func replay(_ event: Event) throws {
        if case .retried = event {
            guard response.failure != nil else {
                throw UnexpectedEvent(description: "\(id) was retried but had not failed")
            }
            response.forgive()
            return
        }
        guard response.finish == nil else {
            throw UnexpectedEvent(description: "\(id) is finished but received another event")
        }
        if case .failed(let reason) = event {
            response.fail(reason)
            return
        }
        if case .generated(let answer) = event { try answer.checkSteps(delimiter: response.limits.delimiter) }
        try method.apply(event, to: &response)
    }
}
