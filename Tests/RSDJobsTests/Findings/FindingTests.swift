import Foundation
import TestServers
import TestSupport
@testable import Support
import Testing

@testable import JobSpecs
@testable import ModelLifecycle
@testable import RSDJobs

extension GoldenTexts {
    fileprivate static let findings = GoldenTexts(beside: #filePath, "findings.txt")
}

extension MachineFinding {
    fileprivate var line: String {
        "\(severity.rawValue) \(topic): " + [text, remedy].compactMap(\.self).joined(separator: ". ")
    }
}

@Suite("What is found on a machine") struct FindingTests {
    @Test("messages about versions, drivers, Pythons and servers are pinned")
    func golden() async throws {
        var texts = InstallationCase.all.map {
            (title: $0.title, text: $0.findings.all.map(\.line).joined(separator: "\n"))
        }
        for python in PythonCase.all { texts.append((python.title, try await python.message())) }
        for server in ServerCase.all { texts.append((server.title, try await server.message())) }
        try GoldenTexts.findings.expect(texts)
    }

    @Test("only what makes a run impossible is an error")
    func errors() {
        let fatal = InstallationCase.all.filter { $0.findings.all.contains { $0.severity == .error } }.map(\.title)
        #expect(
            fatal == [
                "a driver too old for the build", "a GPU build without a GPU", "a GPU build whose GPU is hidden",
            ])
    }

    @Test("a run's size grows with its solutions, and a disk without room for it is an error")
    func disk() throws {
        let fixture = try SpecFixture()
        try fixture.writeJob(("max_tokens: 64", "max_tokens: 2048"))
        let size = RunSize(try fixture.load())
        try fixture.writeJob(("max_tokens: 64", "max_tokens: 2048"), ("- target_only", "- majority: { n: 16 }"))
        #expect(RunSize(try fixture.load()).range.expected > 8 * size.range.expected)
        func severity(_ free: Double) -> MachineFinding.Severity? {
            size.finding(on: DiskSpace(free: Int(free), total: 1 << 40), "runs/x")?.severity
        }
        #expect(severity(0) == .error && severity(1.1 * size.range.expected) == .warning && severity(1e9) == .fine)
        #expect(size.finding(on: nil, "runs/x") == nil)
    }
}
