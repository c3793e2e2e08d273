import CCurl
import Foundation
import Support

/// A process started by this program: the leader of its own process group, whose death is noticed at once.
package final class ChildProcess: Sendable {
    package let pid: pid_t
    /// See ``ProcessRecord/startTime``; nil if the process ended before it could be read.
    package let startTime: UInt64?
    /// How it ended; set when it has.
    package let exit: Latch<ExitStatus>

    private init(pid: pid_t, startTime: UInt64?, exit: Latch<ExitStatus>) {
        self.pid = pid
        self.startTime = startTime
        self.exit = exit
    }

    /// Starts a process.
    ///
    /// If util-linux has `setpriv --pdeathsig`, the kernel sends the child SIGTERM when this program dies.
    ///
    /// - Throws: ``SpawnError``, ``FileFailure``.
    package static func launch(_ request: SpawnRequest, tiedToParent: Bool = true) async throws
        -> ChildProcess
    {
        try request.check()
        var request = request
        if tiedToParent, let setpriv = await ParentDeathSignal.setpriv() {
            request.arguments = ["--pdeathsig", "TERM", "--", request.executable] + request.arguments
            request.executable = setpriv
        }
        let final = request
        try await waitForFewOpenFiles()
        return try await Spawner.shared.perform { try start(final) }
    }

    /// Limit on open files while a process is started: Foundation's `Process.run` copies directory entries of
    /// /proc/self/fd as whole structures, and with more than about 1,350 of them reads beyond its buffer (seen:
    /// SIGSEGV).
    package static let mostOpenFiles = 1200

    /// Waits, since files of requests in flight close soon.
    private static func waitForFewOpenFiles() async throws {
        var count = 0
        for _ in 0..<500 {
            count = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
            if count <= mostOpenFiles { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw SpawnError.tooManyOpenFiles(count)
    }

    private static func start(_ request: SpawnRequest) throws -> ChildProcess {
        // Foundation's Process stays in memory after its child has ended, and would keep these open.
        var files: [FileHandle] = []
        defer { for file in files { try? file.close() } }
        func file(_ path: String, _ flags: Int32) throws -> FileHandle {
            let file = try Self.file(path, flags)
            files.append(file)
            return file
        }
        let output = try file(request.outputPath, O_WRONLY | O_APPEND | O_CREAT)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: request.executable)
        process.arguments = request.arguments
        process.environment = request.environment
        if let directory = request.workingDirectory {
            process.currentDirectoryURL = URL(fileURLWithPath: directory)
        }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        switch request.talk {
        case .none: break
        case .files(let input, let answers):
            process.standardInput = try file(input, O_RDONLY)
            process.standardOutput = try file(answers, O_WRONLY | O_CREAT | O_TRUNC)
        case .socket(let descriptor):
            let socket = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
            process.standardInput = socket
            process.standardOutput = socket
        }
        let exit = Latch<ExitStatus>()
        // Fallback: it comes late while any descendant lives, but works without a pidfd.
        process.terminationHandler = { process in
            let status = process.terminationStatus
            exit.set(process.terminationReason == .exit ? .exited(code: status) : .signalled(status))
        }
        do {
            try process.run()
        } catch {
            throw SpawnError.failed(request.executable, reason: "\(error.localizedDescription)")
        }
        let pid = process.processIdentifier
        watch(pid, exit: exit)
        return ChildProcess(pid: pid, startTime: ProcFS.record(of: pid)?.startTime, exit: exit)
    }

    /// A process that was forked by a child of this one, which reports its end.
    ///
    /// - Parameters:
    ///   - tag: the tag in its environment. A process without it has reused the pid of one that has ended.
    ///   - exit: set by the caller that learns how it ended. If nobody can report it, the status is unknown.
    package static func forked(_ pid: pid_t, tag: String, exit: Latch<ExitStatus>) -> ChildProcess {
        let isOurs = ProcFS.environment(of: pid, holds: ProcessTree.tagVariable, tag)
        // No process has a start time of 0.
        let startTime = isOurs ? ProcFS.record(of: pid)?.startTime ?? 0 : 0
        let thread = Thread {
            waitForEnd(of: pid, startTime: startTime)
            // The parent that reaps it reports its status at the same moment.
            Thread.sleep(forTimeInterval: 1)
            exit.set(.unknown)
        }
        thread.name = "rsd-watch-\(pid)"
        thread.stackSize = 256 << 10
        thread.start()
        return ChildProcess(pid: pid, startTime: startTime, exit: exit)
    }

    /// Blocks until a process that is not a child of this one has ended.
    private static func waitForEnd(of pid: pid_t, startTime: UInt64?) {
        let descriptor = rsd_pidfd_open(pid)
        defer { if descriptor >= 0 { close(descriptor) } }
        while let record = ProcFS.record(of: pid), record.startTime == startTime, !record.isDead {
            var event = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            // Kernels before 5.3 have no pidfd: poll then only sleeps.
            poll(&event, 1, descriptor >= 0 ? -1 : 100)
        }
    }

    private static func file(_ path: String, _ flags: Int32) throws -> FileHandle {
        let descriptor = open(path, flags | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileFailure(path: path, errno: errno) }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// Learns of the death from the kernel; the zombie is left for Foundation to reap.
    private static func watch(_ pid: pid_t, exit: Latch<ExitStatus>) {
        let descriptor = rsd_pidfd_open(pid)
        guard descriptor >= 0 else { return }
        let thread = Thread {
            defer { close(descriptor) }
            var info = siginfo_t()
            while waitid(P_PIDFD, id_t(descriptor), &info, WEXITED | WNOWAIT) != 0 {
                // ECHILD: Foundation reaped it first and reports how it ended.
                guard errno == EINTR else { return }
            }
            let status = info._sifields._sigchld.si_status
            exit.set(info.si_code == CLD_EXITED ? .exited(code: status) : .signalled(status))
        }
        thread.name = "rsd-watch-\(pid)"
        thread.stackSize = 256 << 10
        thread.start()
    }
}
