import Foundation
@testable import JobSpecs
@testable import SpecYAML
@testable import Support
import Testing

@Suite("Paths of a spec")
struct SpecPathTests {
    private static let environment = ["DATA": "/data", "PART": "b", "ODD": "~/$$/${DATA}", "EMPTY": ""]

    private static func path(_ text: String, _ log: DiagnosticLog) -> String? {
        let node = YAMLNode(mark: .start, content: .scalar(YAMLScalar(text: text, style: .doubleQuoted)))
        return SpecField(name: "path", node: node, log: log).path(from: "/jobs", environment: environment)
    }

    @Test(
        "variables are expanded, once, and two dollar signs are one",
        arguments: [
            ("${DATA}/x", "/data/x"), ("a/${PART}${PART}.jsonl", "/jobs/a/bb.jsonl"), ("${DATA}/../x", "/x"),
            ("a$$b", "/jobs/a$b"), ("$${DATA}", "/jobs/${DATA}"), ("$$$${DATA}", "/jobs/$${DATA}"),
            ("$$$", "/jobs/$$"), ("5$/x", "/jobs/5$/x"), ("${ODD}", "/jobs/~/$$/${DATA}"), ("a/~", "/jobs/a/~"),
            ("~", NSHomeDirectory()), ("~/${PART}", NSHomeDirectory() + "/b"),
        ])
    func expansion(text: String, path: String) {
        let log = DiagnosticLog(source: SourceText(file: "x", text: ""))
        #expect(Self.path(text, log) == path)
        #expect(log.diagnostics == [])
    }

    @Test(
        "a variable without a value, and braces without a name, are errors",
        arguments: ["${NONE}", "${EMPTY}", "${DATA", "${DATA:-x}", "${}", "${ DATA }"])
    func faults(text: String) {
        let log = DiagnosticLog(source: SourceText(file: "x", text: ""))
        #expect(Self.path(text, log) == nil)
        #expect(log.diagnostics.count == 1)
    }

    @Test("a data set below a variable is found, and job.yaml has the path")
    func loaded() throws {
        let fixture = try SpecFixture()
        // Whatever the home is called, the way out of it and back is the fixture's own.
        let up = NSHomeDirectory().split(separator: "/").map { _ in ".." }.joined(separator: "/")
        let path = "${HOME}/\(up)/\(fixture.path("problems.jsonl"))"
        try #require(ProcessInfo.processInfo.environment["HOME"] == NSHomeDirectory())
        let job = try fixture.load(["datasets.0.path=\(path)"])
        #expect(job.spec == (try fixture.load().spec))
    }
}
