import Foundation
import TestSupport
@testable import JobSpecs
@testable import RunStore
import Testing

@Suite("The manifest") struct ManifestTests {
    /// Trap N1: whoever compares greedy texts must be able to see it.
    @Test("the manifest records batch invariance")
    func batchInvariance() {
        var engine = JobSpec.sample(.share).engine
        #expect(engine.kind == .vllm)
        #expect(engine.batchInvariant == false)
        engine.env["VLLM_BATCH_INVARIANT"] = "1"
        #expect(engine.batchInvariant == true)
        engine.residency = .attach
        #expect(engine.batchInvariant == nil)
    }

    @Test("what a newer version laid out is left to it, whatever its manifest holds besides")
    func newer() throws {
        let scratch = try Scratch()
        let file = scratch.file("manifest.json")
        try Data(#"{"format": 4, "program": "9.1.0", "dreams": []}"#.utf8).write(to: file)
        let error = #expect(throws: NewerRun.self) { try Manifest.read(file) }
        #expect(error?.description.names("9.1.0") == true)
        #expect(try Manifest.read(scratch.file("none.json")) == nil)
    }
}
