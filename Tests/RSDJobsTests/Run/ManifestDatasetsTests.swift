@testable import JobSpecs
@testable import RunStore
import Testing

@Suite("The data sets of a manifest") struct ManifestDatasetsTests {
    @Test("a data set that has changed is named by what it was read from, and one that only moved is not")
    func changes() throws {
        let fixture = try SpecFixture()
        func manifest() throws -> Manifest {
            let job = try fixture.load()
            return Manifest(
                job: "demo", identity: SpecIdentity(job), seed: 7, program: "1", engine: "1", host: "h", created: "",
                datasets: job.origins)
        }
        let manifest = try manifest()
        let old = try #require(manifest.datasets?["heldout"]?.files.first?.sha256)
        // Another file with the same problems.
        try fixture.write(SpecFixture.problems + "\n", to: "problems.jsonl")
        #expect(manifest.changes(to: try fixture.load()) == [])
        try fixture.write(SpecFixture.problems.replacing("1+1?", with: "1 + 1?"), to: "problems.jsonl")
        let job = try fixture.load()
        let new = try #require(job.origins["heldout"]?.files.first?.sha256)
        let changes = manifest.changes(to: job)
        #expect(changes.map(\.key) == ["datasets.heldout.files", "datasets.heldout.questions"])
        #expect(changes[0].description == "datasets.heldout.files: \(old) → \(new)")
    }
}
