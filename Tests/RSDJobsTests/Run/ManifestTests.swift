import Testing

@testable import RSDJobs

@Suite struct ManifestTests {
    /// Trap N1: whoever compares greedy texts must be able to see it.
    @Test func tellsOfBatchInvariance() {
        var engine = JobSpec.sample(.share).engine
        #expect(engine.kind == .vllm)
        #expect(engine.batchInvariant == false)
        engine.env["VLLM_BATCH_INVARIANT"] = "1"
        #expect(engine.batchInvariant == true)
        engine.residency = .attach
        #expect(engine.batchInvariant == nil)
    }
}
