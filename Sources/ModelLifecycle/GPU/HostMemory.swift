import Foundation

/// The machine's memory, as far as this process may use it.
package struct HostMemory: Sendable, Hashable {
    /// Bytes in total.
    package var total: Int
    /// Bytes available without swapping.
    package var available: Int
    /// Whether ``total`` is the limit of a control group (of a Slurm job or a container), not of the machine.
    package var isLimited: Bool

    package init(total: Int, available: Int, isLimited: Bool = false) {
        self.total = total
        self.available = available
        self.isLimited = isLimited
    }

    /// - Returns: nil if the kernel does not report it.
    package static func now() -> HostMemory? { read(proc: "/proc", cgroups: "/sys/fs/cgroup") }

    /// - Parameters:
    ///   - proc: the directory with `meminfo` and `self/cgroup`.
    ///   - cgroups: where the control groups are mounted.
    static func read(proc: String, cgroups: String) -> HostMemory? {
        guard let text = ControlGroups.text(proc + "/meminfo"), let total = kilobytes("MemTotal", in: text),
            let available = kilobytes("MemAvailable", in: text) ?? kilobytes("MemFree", in: text)
        else { return nil }
        var memory = HostMemory(total: total, available: available)
        for group in ControlGroups.folders(of: "memory", proc: proc, mount: cgroups).map(MemoryGroup.init) {
            guard let limit = group.limit, limit < total else { continue }
            // The group's page cache is released under pressure.
            let taken = max(0, (group.usage ?? 0) - (group.reclaimable ?? 0))
            memory.available = min(memory.available, max(0, limit - taken))
            memory.total = min(memory.total, limit)
            memory.isLimited = true
        }
        return memory
    }

    private static func kilobytes(_ key: String, in text: String) -> Int? {
        for line in text.split(separator: "\n") where line.hasPrefix(key + ":") {
            return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map {
                Int(memory: $0, unit: 1 << 10)
            }
        }
        return nil
    }
}

/// Memory usage and limit of a control group, in bytes.
private struct MemoryGroup {
    var limit: Int?
    var usage: Int?
    var reclaimable: Int?

    init(_ folder: ControlGroups.Folder) {
        func bytes(_ name: String) -> Int? { folder.number(name).map { Int(memory: $0) } }
        limit = bytes(folder.isLegacy ? "memory.limit_in_bytes" : "memory.max")
        usage = bytes(folder.isLegacy ? "memory.usage_in_bytes" : "memory.current")
        let cache = folder.isLegacy ? "total_inactive_file " : "inactive_file "
        reclaimable = (folder.text("memory.stat") ?? "").split(separator: "\n").first { $0.hasPrefix(cache) }?
            .split(separator: " ").last.flatMap { Int($0) }.map { Int(memory: $0) }
    }
}
