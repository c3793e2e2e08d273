import Foundation
import ModelLifecycle
import SpecYAML
import Support
import TestSupport
import Testing

@testable import JobSpecs
@testable import RSDJobs

@Suite("The job that init writes") struct JobTemplateTests {
    private static func template(_ gibibytes: Double?, gpus: Int = 1) -> JobTemplate {
        let devices = (0..<(gibibytes == nil ? 0 : gpus)).map { index in
            GPUDevice(
                index: index, name: "NVIDIA X", uuid: "\(index)", total: .gibibytes(gibibytes ?? 0),
                free: .gibibytes(gibibytes ?? 0))
        }
        return JobTemplate(name: "first", gpus: devices)
    }

    private static let sizes: [Double?] = [nil, 6, 12, 15.7, 22.5, 23.6, 44.5, 47.5, 79.6, 139.8]

    @Test("it is a valid job for every GPU, with names from the hub", arguments: sizes)
    func valid(gibibytes: Double?) throws {
        for (gpus, hasMathVerify) in [(1, false), (2, true)] {
            var template = Self.template(gibibytes, gpus: gpus)
            template.hasMathVerify = hasMathVerify
            template.schema = "/x/job.schema.json"
            let source = SourceText(file: "job.yaml", text: template.text)
            let (job, diagnostics) = JobLoader.decode(source, directory: "/")
            #expect(diagnostics.isEmpty, "\(diagnostics.map(\.rendered))")
            let models = try #require(job?.models)
            #expect(models.count == 3 && models.values.allSatisfy { $0.value.model.split(separator: "/").count == 2 })
            #expect(job?.name == "first" && job?.methods.map(\.name) == ["draft_only", "target_only", "rsd"])
            #expect(source.lines[0] == "# yaml-language-server: $schema=/x/job.schema.json")
            #expect(source.lines.allSatisfy { $0.count <= 130 }, "comments fit on a screen")
            #expect(template.text.contains("tensor-parallel-size: 2") == (gpus == 2 && gibibytes != nil))
        }
    }

    @Test("larger GPUs get larger models")
    func larger() {
        let targets = Self.sizes.map { Trio.fitting(Self.template($0).memory).target }
        #expect(
            targets.map { $0.firstMatch(of: /([\d.]+)B-/).map { String($0.1) } } == [
                "1.5", "1.5", "7", "7", "7", "7", "7", "7", "7", "7",
            ])
        #expect(
            Trio.fitting(.gibibytes(23.6)).prm.hasSuffix("1.5B") && Trio.fitting(.gibibytes(47.5)).prm.hasSuffix("7B"))
    }

    @Test("the machine is in its words")
    func machine() {
        #expect(Self.template(nil).machine == "a machine without an NVIDIA GPU")
        #expect(Self.template(22.5).machine == "one NVIDIA X with 22.5 GiB")
        #expect(Self.template(79.6, gpus: 4).machine == "4 × NVIDIA X with 79.6 GiB each")
    }

    @Test("a file is never replaced without being asked, and what cannot be written is an error")
    func files() throws {
        let scratch = try Scratch()
        let path = scratch.path("job.yaml")
        try NewFile.write("one", to: path, replaces: false)
        #expect(throws: FileExists(path: path)) { try NewFile.write("two", to: path, replaces: false) }
        #expect(scratch.text("job.yaml") == "one")
        try NewFile.write("two", to: path, replaces: true)
        #expect(scratch.text("job.yaml") == "two")
        // A link that leads nowhere is something of the user's too.
        try FileManager.default.createSymbolicLink(atPath: scratch.path("link"), withDestinationPath: "/nowhere/x")
        #expect(throws: FileExists.self) { try NewFile.write("x", to: scratch.path("link"), replaces: false) }
        #expect(throws: FileFailure.self) {
            try NewFile.write("x", to: scratch.path("no/such/job.yaml"), replaces: false)
        }
        #expect(throws: FileFailure.self) { try NewFile.write("x", to: scratch.url.path, replaces: true) }
    }
}
