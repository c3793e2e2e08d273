import Foundation
import Synchronization
import Testing

@testable import ModelLifecycle

/// A folder of its own for one test, removed with it.
final class Scratch: Sendable {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory.appendingPathComponent("rsd-test-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func text(_ name: String) -> String {
        String(decoding: FileManager.default.contents(atPath: file(name)) ?? Data(), as: UTF8.self)
    }
}

/// Looks again and again until something holds. The test's own time limit bounds it.
func until(_ condition: () async throws -> Bool) async throws {
    while try await !condition() { try await Task.sleep(for: .milliseconds(3)) }
}

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
            outputPath: scratch.file("output")), tiedToParent: tiedToParent)
}

/// Waits for a line of the form `word pid` in the script's output.
func pid(_ word: String, in scratch: Scratch) async throws -> pid_t {
    var found: pid_t?
    try await until {
        for line in scratch.text("output").split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
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

/// A clock on which no time passes: it writes down for how long it was asked to sleep.
final class RecordingClock: Clock, Sendable {
    struct Instant: InstantProtocol {
        var offset: Duration = .zero
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private let slept = Mutex<[Duration]>([])
    var sleeps: [Duration] { slept.withLock { $0 } }
    var now: Instant { Instant(offset: sleeps.reduce(.zero, +)) }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let pause = now.duration(to: deadline)
        slept.withLock { $0.append(pause) }
    }
}

/// Lets everybody through once `count` have come.
actor Barrier {
    private let count: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var open = false

    init(_ count: Int) { self.count = count }

    func arrive() async {
        if open { return }
        if waiting.count + 1 == count {
            open = true
            for waiter in waiting { waiter.resume() }
            waiting = []
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }
}
