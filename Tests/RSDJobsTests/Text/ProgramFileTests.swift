import TestSupport
import Testing

@testable import Support

@Suite("Files installed with the program") struct ProgramFileTests {
    @Test(
        "they are found in a release, an installation and a build",
        arguments: [
            ("bin/rsd-batch", "jobs/demo.yaml"), ("bin/rsd-batch", "share/rsd-batch/jobs/demo.yaml"),
            (".build/x86_64-unknown-linux-gnu/debug/rsd-batch", "jobs/demo.yaml"),
        ])
    func places(program: String, file: String) throws {
        let scratch = try Scratch()
        #expect(Program.file("jobs/demo.yaml", of: scratch.file(program).path) == nil)
        try scratch.write("name: demo", to: file)
        #expect(Program.file("jobs/demo.yaml", of: scratch.file(program).path) == scratch.file(file).path)
    }
}
