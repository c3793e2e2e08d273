@testable import Decoding
@testable import JobSpecs
import ModelLifecycle
@testable import RunStore
@testable import Runner
import Testing

@Suite("Requests in flight")
struct RequestsInFlightTests {
    private func requests(
        _ concurrency: Int?, _ sequences: [EngineID: Int] = [.draft: 1024, .prm: 256, .target: 8],
        profile: PRMProfile? = nil
    ) -> RequestsInFlight {
        var job = JobSpec.sample()
        job.engine.concurrency = concurrency
        job.models[.prm]?.profile = profile
        return RequestsInFlight(job, capacities: sequences.mapValues { EngineCapacity(sequences: $0) })
    }

    @Test("go by each engine for itself")
    func each() {
        let requests = requests(nil)
        #expect([EngineID.draft, .prm, .target].map(requests.window) == [1152, 288, 24])
        #expect([EngineID.draft, .prm, .target].map(requests.sideBySide) == [1024, 256, 8])
        #expect("\(requests)" == "draft 1152, PRM 288, target 24")
    }

    @Test("a number in the job is meant for all, whatever they run at once")
    func stated() {
        let requests = requests(64)
        #expect([EngineID.draft, .prm, .target].map(requests.window) == [64, 64, 64])
        #expect([EngineID.draft, .prm, .target].map(requests.sideBySide) == [64, 64, 8])
    }

    @Test("flags of one model are for its engine alone")
    func flags() async {
        var job = JobSpec.sample(
            args: [argument("max-num-seqs", "32")], models: [.target: [argument("max_num_seqs", "4")]])
        job.engine.concurrency = nil
        let dialect = VLLMDialect(installation: VLLMInstallation(venv: "/nowhere"))
        let requests = await RequestsInFlight(job, on: Machines.gpu(), dialect: dialect)
        #expect([EngineID.draft, .prm, .target].map(requests.sideBySide) == [32, 32, 4])
        job.engine.args = []
        job.models[.target]?.args = []
        let large = await RequestsInFlight(job, on: Machines.gpu(), dialect: dialect)
        #expect(large.window(of: .target) == 1152)
        let small = await RequestsInFlight(job, on: Machines.gpu("NVIDIA A100-SXM4-80GB"), dialect: dialect)
        #expect(small.window(of: .target) == 288)
    }

    @Test("a judge has several for each solution")
    func judge() {
        let requests = requests(nil, profile: .judge)
        #expect(requests.window(of: .prm) == 72)
        #expect("\(requests)".contains("PRM 288"))
        #expect(requests.sideBySide(.prm) == 256)
    }

    @Test("are no more than a shell's open files allow, each engine its part")
    func files() {
        let requests = requests(nil)
        let together: [[EngineID]] = [[.draft, .prm, .target]]
        #expect(requests.limited(toFiles: 20000, groups: together) == requests)
        #expect(requests.limited(toFiles: 1592, groups: together) == requests)
        let few = requests.limited(toFiles: 128 + 732, groups: together)
        #expect([EngineID.draft, .prm, .target].map(few.window) == [576, 144, 12])
        #expect(few.sideBySide(.draft) == 576 && few.sideBySide(.target) == 8)
        // One at a time they need not share.
        let turns = requests.limited(toFiles: 128 + 732, groups: [[.draft], [.prm], [.target]])
        #expect([EngineID.draft, .prm, .target].map(turns.window) == [732, 288, 24])
        #expect(requests.limited(toFiles: 0, groups: together).window(of: .target) == 1)
    }

    @Test("the more there are, the longer may one take")
    func deadline() {
        #expect(requests(1).deadline(of: .draft) == .seconds(3600))
        #expect(requests(64).deadline(of: .draft) == .seconds(3600))
        #expect(requests(65).deadline(of: .draft) == .seconds(7200))
        #expect(requests(nil).deadline(of: .draft) == .seconds(18 * 3600))
    }
}
