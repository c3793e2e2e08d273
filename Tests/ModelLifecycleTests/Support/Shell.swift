import Foundation
import TestSupport
import Testing

@testable import ModelLifecycle

/// A shell script as a child, whose output goes to `output` in the scratch folder.
func shell(
    _ script: String, in scratch: Scratch, tag: String? = nil, variables: [String: String] = [:],
    tiedToParent: Bool = false
) async throws -> ChildProcess {
    var environment = ["PATH": "/usr/bin:/bin"].merging(variables) { $1 }
    if let tag { environment[ProcessTree.tagVariable] = tag }
    return try await ChildProcess.launch(
        SpawnRequest(
            executable: "/bin/sh", arguments: ["-c", script], environment: environment,
            outputPath: scratch.path("output")), tiedToParent: tiedToParent)
}

/// Waits for a line of the form `word pid` in the script's output.
func pid(_ word: String, in scratch: Scratch) async throws -> pid_t {
    try await pid(word) { scratch.text("output") }
}

/// Waits for a line of the form `word pid`; the last one counts.
func pid(_ word: String, in text: () -> String) async throws -> pid_t {
    var found: pid_t?
    try await until {
        for line in text().split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            let parts = line.split(separator: " ")
            if parts.count == 2, parts[0] == word { found = pid_t(parts[1]) }
        }
        return found != nil
    }
    return try #require(found)
}

func isAlive(_ pid: pid_t) -> Bool { ProcFS.record(of: pid).map { !$0.isDead } ?? false }

extension ChildProcess {
    func tree(tag: String? = nil) -> ProcessTree {
        ProcessTree(leader: pid, leaderStart: startTime, tag: tag, trustsGroup: true)
    }

    /// Ends whatever a test left of it.
    func clearAway(tag: String? = nil) async throws {
        _ = try await StopLadder(grace: .zero).bringDown(tree(tag: tag), engine: "test")
    }
}
