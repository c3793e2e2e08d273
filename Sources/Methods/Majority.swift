import Decoding
import SpecYAML

/// `majority`: one model writes n solutions, and the answer that most of them give is taken (self-consistency).
struct Majority: MethodSettings {
    static let key = "majority"
    static let keys = [Writer.key] + SampleSettings.keys

    let samples: SampleSettings
    let writer: Writer

    init(samples: SampleSettings, writer: Writer) {
        self.samples = samples
        self.writer = writer
    }

    init?(_ section: SpecSection) {
        writer = Writer.read(section)
        guard let samples = SampleSettings(section) else { return nil }
        self.samples = samples
    }

    var roles: Set<Role> { [writer.role] }
    var sampling: Sampling? { samples.sampling }
    var breadth: Int { samples.n }
    var yaml: [(key: String, value: String)] { [(Writer.key, writer.rawValue)] + samples.yaml }

    func start(_ common: CommonSettings, draw: Draw) -> any DecodingMethod {
        MajorityVote(
            samples: Samples(samples.n, by: writer.role, sampling: samples.sampling, limits: common.limits))
    }
}

struct MajorityVote: DecodingMethod {
    private(set) var samples: Samples

    init(samples: Samples) {
        self.samples = samples
    }

    func needs(for response: Response) -> [Need] { samples.needs }

    func needs(for response: Response, after candidate: Int) -> [Need] { [samples.need(candidate)].compactMap(\.self) }

    mutating func apply(_ event: Event, to response: inout Response) throws {
        guard case .generated(let answer) = event else {
            throw UnexpectedEvent(description: "expected samples, got \(event)")
        }
        try samples.take(answer, counting: &response.tokens)
        guard samples.areWritten else { return }
        response.waves += 1
        let elected = FinalChoice.majority.index(among: samples.responses)
        response.choose(elected, among: samples.responses, by: samples.role)
    }

    /// Waves count once they are over.
    func wave(of response: Response) -> Int { response.waves + 1 }
}
