import CCurl
import Foundation

/// A process as `/proc/PID/stat` describes it.
package struct ProcessRecord: Sendable, Hashable {
    package let pid: pid_t
    package let command: String
    package let state: Character
    package let parent: pid_t
    package let group: pid_t
    /// Clock ticks from the machine's boot to the start of the process. With the pid, it identifies a process for good.
    package let startTime: UInt64

    /// Whether the process no longer runs: a zombie only waits to be reaped and holds no memory.
    package var isDead: Bool { state == "Z" || state == "X" }

    /// Parses the line of `/proc/PID/stat`.
    ///
    /// The command may contain spaces and parentheses, so it ends at the last `)`.
    package init?(stat line: String) {
        let bytes = line.utf8
        guard let open = bytes.firstIndex(of: UInt8(ascii: "(")), let close = bytes.lastIndex(of: UInt8(ascii: ")")),
            open < close
        else { return nil }
        let fields = bytes[bytes.index(after: close)...].split(separator: UInt8(ascii: " "), maxSplits: 20)
            .map(Substring.init)
        guard fields.count >= 20,
            let pid = pid_t(line[..<open].trimmingCharacters(in: .whitespaces)),
            let state = fields[0].first, let parent = pid_t(fields[1]), let group = pid_t(fields[2]),
            let startTime = UInt64(fields[19].trimmingCharacters(in: .newlines))
        else { return nil }
        self.pid = pid
        self.command = String(line[line.index(after: open)..<close])
        self.state = state
        self.parent = parent
        self.group = group
        self.startTime = startTime
    }
}

/// Readers of `/proc`.
package enum ProcFS {
    /// The process with this pid, including zombies; nil if there is none.
    package static func record(of pid: pid_t) -> ProcessRecord? {
        guard let bytes = read("/proc/\(pid)/stat") else { return nil }
        return ProcessRecord(stat: String(decoding: bytes, as: UTF8.self))
    }

    /// The processors that this process may use, such as `0-3,8`; nil if the kernel does not report them.
    package static var allowedCPUs: String? {
        read("/proc/self/status").flatMap { allowedCPUs(inStatus: String(decoding: $0, as: UTF8.self)) }
    }

    /// The same, parsed from the text of `/proc/PID/status`.
    static func allowedCPUs(inStatus text: String) -> String? {
        let name = "Cpus_allowed_list:"
        return text.split(separator: "\n").first { $0.hasPrefix(name) }?
            .dropFirst(name.count).trimmingCharacters(in: .whitespaces)
    }

    /// All processes of the machine (of the pid namespace), including zombies.
    package static func all() -> [ProcessRecord] {
        guard let directory = opendir("/proc") else { return [] }
        defer { closedir(directory) }
        var records: [ProcessRecord] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let pid = pid_t(name), let record = record(of: pid) { records.append(record) }
        }
        return records
    }

    /// The running members of a process group.
    package static func living(inGroup group: pid_t) -> [ProcessRecord] {
        all().filter { $0.group == group && !$0.isDead }
    }

    /// Whether the environment with which `pid` was started contains `name=value`. False if it cannot be read.
    package static func environment(of pid: pid_t, holds name: String, _ value: String) -> Bool {
        guard let bytes = read("/proc/\(pid)/environ") else { return false }
        // Each variable then stands between two zeros, and no part of one is taken for another.
        return Data([0] + bytes + [0]).range(of: Data([0] + Array("\(name)=\(value)".utf8) + [0])) != nil
    }

    /// A variable in the environment with which `pid` was started; nil if it is missing or cannot be read.
    package static func environment(of pid: pid_t, _ name: String) -> String? {
        guard let bytes = read("/proc/\(pid)/environ") else { return nil }
        let start = Array("\(name)=".utf8)
        return bytes.split(separator: 0).first { $0.starts(with: start) }
            .map { String(decoding: $0.dropFirst(start.count), as: UTF8.self) }
    }

    /// The kernel's id of the current boot; pids and start times are meaningless in another.
    package static func bootID() -> String {
        guard let bytes = read("/proc/sys/kernel/random/boot_id") else { return "unknown" }
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The kernel's id of this pid namespace; pids are meaningless in another.
    package static func pidNamespace() -> String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? "unknown"
    }

    /// The machine's name, or `RSD_BATCH_HOST` if set, since containers may all have the same name. Foundation's
    /// `hostName` may query a name server, which may not respond or change its response.
    package static func hostName() -> String {
        if let name = ProcessInfo.processInfo.environment["RSD_BATCH_HOST"], !name.isEmpty { return name }
        guard let bytes = read("/proc/sys/kernel/hostname") else { return "unknown" }
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Sends a signal to exactly this process, never to another that has reused its pid.
    ///
    /// - Returns: whether it was sent.
    @discardableResult
    package static func send(_ signal: Int32, to process: ProcessRecord) -> Bool {
        let descriptor = rsd_pidfd_open(process.pid)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard let now = record(of: process.pid), now.startTime == process.startTime else { return false }
        if descriptor >= 0 { return rsd_pidfd_send_signal(descriptor, signal) == 0 }
        // Kernels before 5.3 have no pidfd; otherwise a failure means that the process is gone.
        return errno == ENOSYS && kill(process.pid, signal) == 0
    }

    private static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 { return nil }
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
        }
    }
}
