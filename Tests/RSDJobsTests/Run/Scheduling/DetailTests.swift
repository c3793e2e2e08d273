import Testing

@testable import Decoding
@testable import JobSpecs
@testable import Methods
@testable import RunStore
@testable import Runner
@testable import SpecYAML

/// Writes as `draft_only`, and needs to know how likely the draft found it.
private struct Curious: MethodSettings {
    static let key = "curious"
    static let keys: [String] = []
    let roles: Set<Role> = [.draft]
    let yaml: [(key: String, value: String)] = []
    let details: [Role: Detail] = [.draft: .logprobs]

    init() {}
    init?(_ section: SpecSection) {}

    func start(_ common: CommonSettings, draw: Draw) -> any DecodingMethod {
        DraftOnly().start(common, draw: draw)
    }
}

/// Responses that tell more of their tokens serve those who need less, and never the other way round.
@Suite("What a response tells of its tokens") struct DetailTests {
    private let problem: ScopedProblem

    init() throws { problem = try ScopedProblem() }

    private func scope(curious: Bool) -> RequestScope {
        var job = problem.job
        if curious { job.spec.methods.append(MethodSpec(name: "curious", kind: MethodKind(Curious()))) }
        return RequestScope(job)
    }

    private func request(
        _ detail: Detail, in scope: RequestScope, sampling: Sampling? = nil, lookahead: Lookahead? = nil
    ) -> InferenceRequest {
        problem.request(
            .generate(
                Generation(
                    role: .draft, steps: [], stopsAtDelimiter: true, maxTokens: 9, lookahead: lookahead,
                    sampling: sampling, detail: detail)), in: scope)
    }

    private func detail(of request: InferenceRequest) -> Detail? {
        if case .generate(let wanted) = request.need { wanted.detail } else { nil }
    }

    private let event = Event.generated(
        Generated(role: .draft, steps: [StepText(text: "a", tokens: 1)], end: .eos, promptTokens: 1))

    @Test("all methods of a job ask a model for what one of them needs, if they sample it alike")
    func shared() {
        let scope = scope(curious: true)
        #expect(detail(of: request(.text, in: scope)) == .logprobs)
        #expect(detail(of: request(.spread, in: scope)) == .spread)
        #expect(request(.text, in: scope).fingerprint == request(.logprobs, in: scope).fingerprint)
        let other = Sampling(temperature: 0.9, topP: 0.5)
        #expect(detail(of: request(.text, in: scope, sampling: other)) == .text)
        // A model that may be stopped while it writes.
        #expect(detail(of: request(.text, in: scope, lookahead: .auto)) == .text)
        #expect(detail(of: request(.text, in: self.scope(curious: false))) == .text)
    }

    @Test("a response serves every request for as much or less, also in a job that asks for another amount")
    func substitutes() {
        for sent in Detail.allCases {
            for needed in Detail.allCases {
                for curious in [false, true] {
                    let plain = scope(curious: false)
                    var cache = ResponseCache()
                    let origin = request(sent, in: plain).origin(of: event)
                    cache.add([.event(problem.id, event, origin)])
                    let asked = request(needed, in: scope(curious: curious))
                    let known = cache[asked]
                    #expect((known != nil) == (sent >= needed), "\(sent) \(needed) \(curious)")
                    // It is recorded as the response to what was sent.
                    guard let known else { continue }
                    #expect(asked.origin(of: event, sent: known.request).request == origin.request)
                }
            }
        }
    }

    @Test("a request for the text alone has the fingerprint that it had before others asked for more")
    func unchanged() {
        let fingerprints = Detail.allCases.map { request($0, in: scope(curious: false)).fingerprint.digest }
        #expect(Set(fingerprints).count == 3)
        #expect(request(.text, in: scope(curious: true)).substitutes.map(\.digest).contains(fingerprints[0]))
    }
}
