import Foundation
import TestSupport
import Testing

@testable import ModelLifecycle

@Suite("The pocket engine's dialect", .timeLimit(.minutes(1)))
struct PocketDialectTests {
    @Test("an engine's settings become its command line")
    func commandLine() throws {
        let configuration = EngineConfiguration(
            name: "draft", model: "/models/tiny", arguments: [.init("max-model-len", "512"), .init("quiet")])
        let plan = try PocketDialect(executable: "/opt/rsd-pocket").launch(configuration, port: 4321)
        #expect(plan.executable == "/opt/rsd-pocket")
        #expect(
            plan.arguments == [
                "serve", "/models/tiny", "--port", "4321", "--served-model-name", "draft", "--max-model-len",
                "512",
                "--quiet",
            ])
        #expect(plan.port == 4321)
    }

    @Test("a taken port is recognised in the log")
    func lostPort() {
        let dialect = PocketDialect(executable: "/x")
        #expect(
            dialect.explain(exit: .exited(code: 1), logTail: "bind: Address already in use") == .portTaken)
        #expect(dialect.explain(exit: .exited(code: 1), logTail: "no such model") == nil)
    }

    @Test("the program is asked for its version")
    func version() async throws {
        let scratch = try Scratch()
        let path = scratch.path("rsd-pocket")
        try Script.write("#!/bin/sh\n[ \"$1\" = --version ] && echo 0.9.1\n", to: URL(filePath: path))
        #expect(try await PocketDialect(executable: path).version() == "0.9.1")
        try Script.write("#!/bin/sh\necho broken; exit 2\n", to: URL(filePath: path))
        let error = await #expect(throws: EngineError.self) {
            try await PocketDialect(executable: path).version()
        }
        #expect(error?.description.contains("broken") == true)
    }
}
