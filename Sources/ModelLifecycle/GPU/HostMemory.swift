import Foundation

/// The machine's memory, as far as this process may have it.
package struct HostMemory: Sendable, Hashable {
    /// Bytes at most.
    package var total: Int
    /// Bytes that could be had now without swapping.
    package var available: Int
    /// Whether a limit of a control group (a Slurm job's, a container's), and not the machine, sets ``total``.
    package var isLimited: Bool

    package init(total: Int, available: Int, isLimited: Bool = false) {
        self.total = total
        self.available = available
        self.isLimited = isLimited
    }

    /// - Returns: nil where the kernel does not tell.
    package static func now() -> HostMemory? { read(proc: "/proc", cgroups: "/sys/fs/cgroup") }

    /// - Parameters:
    ///   - proc: the folder that holds `meminfo` and `self/cgroup`.
    ///   - cgroups: where the control groups are mounted.
    static func read(proc: String, cgroups: String) -> HostMemory? {
        guard let text = ControlGroups.text(proc + "/meminfo"), let total = kilobytes("MemTotal", in: text),
            let available = kilobytes("MemAvailable", in: text) ?? kilobytes("MemFree", in: text)
        else { return nil }
        var memory = HostMemory(total: total, available: available)
        for group in ControlGroups.folders(of: "memory", proc: proc, mount: cgroups).map(MemoryGroup.init) {
            guard let limit = group.limit, limit < total else { continue }
            // What the group has in the page cache is given back under pressure.
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

/// What a control group has and may have of the memory, in bytes.
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
