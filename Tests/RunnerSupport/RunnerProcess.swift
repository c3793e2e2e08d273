import Foundation
import Synchronization

/// The real `rsd-batch` or another program, started as a user's shell would start it.
///
/// Not Foundation's Process: that one waits for descendants which outlive a killed runner.
package final class RunnerProcess: Sendable {
    package let pid: pid_t
    private let output: URL
    private let messages: URL
    private let child: Child
    private let ended: Task<Int32, Never>

    /// - Parameters:
    ///   - scratch: a directory for what it prints.
    ///   - environment: on top of the tests' own.
    ///   - limit: one that hangs fails its test and must not hang all of them: it is killed after this.
    package init(
        _ arguments: [String], program: URL = Programs.runner, scratch: URL, environment: [String: String] = [:],
        limit: Duration
    ) throws {
        let name = UUID().uuidString
        output = scratch.appending(path: "\(name).out")
        messages = scratch.appending(path: "\(name).err")
        let words = [program.path] + arguments
        let (output, messages) = (output, messages)
        let pid = try Self.spawn(words, output: output, messages: messages, environment: environment)
        let child = Child(pid: pid)
        self.pid = pid
        self.child = child
        ended = Task.detached {
            let watchdog = Task {
                try await Task.sleep(for: limit)
                child.send(SIGKILL)
            }
            defer { watchdog.cancel() }
            return await withCheckedContinuation { continuation in
                Thread.detachNewThread { continuation.resume(returning: child.reap()) }
            }
        }
    }

    deinit { child.send(SIGKILL) }

    package func send(_ signal: Int32) { child.send(signal) }

    /// The exit code; 128 and the signal's number where a signal ended it.
    package func exitCode() async -> Int32 { await ended.value }

    package var isRunning: Bool { child.exit == nil }
    package var standardOutput: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }
    package var standardError: String { (try? String(contentsOf: messages, encoding: .utf8)) ?? "" }

    /// Looks again and again until the condition holds or the process has ended.
    ///
    /// - Returns: whether it came to hold while the process ran.
    package func reached(_ condition: () throws -> Bool) async rethrows -> Bool {
        while isRunning {
            if try condition() { return true }
            try? await Task.sleep(for: .milliseconds(3))
        }
        return false
    }

    /// Waits for words on its standard error; false where it ended before.
    package func says(_ words: String) async -> Bool {
        await reached { standardError.contains(words) }
    }

    private static func spawn(
        _ words: [String], output: URL, messages: URL, environment: [String: String]
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output.path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, messages.path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        // What other tests have open at this moment is none of its business.
        for descriptor in (try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).compactMap(Int32.init)
        where descriptor > 2 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        // The threads of Swift's tasks have signals blocked, a shell's background job ignores SIGINT, and a child has what its parent has.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var pid = pid_t()
        let status = withCStrings(words) { argv in
            withCStrings(variables.map { "\($0)=\($1)" }) { envp in
                posix_spawn(&pid, words[0], &actions, &attributes, argv, envp)
            }
        }
        guard status == 0 else { throw POSIXError(POSIXErrorCode(rawValue: status) ?? .EIO) }
        return pid
    }
}

/// A child that is never signalled after it was reaped, when its pid may be another's.
private final class Child: Sendable {
    private let pid: pid_t
    private let state = Mutex<Int32?>(nil)

    init(pid: pid_t) { self.pid = pid }

    var exit: Int32? { state.withLock { $0 } }

    func send(_ signal: Int32) {
        state.withLock { if $0 == nil { kill(pid, signal) } }
    }

    func reap() -> Int32 {
        var info = siginfo_t()
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        return state.withLock { state in
            var status: Int32 = 0
            waitpid(pid, &status, 0)
            let code = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + status & 0x7f
            state = code
            return code
        }
    }
}

private func withCStrings<Value>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Value
) -> Value {
    var pointers = strings.map { strdup($0) } + [nil]
    defer { pointers.forEach { free($0) } }
    return body(&pointers)
}
