import Foundation

/// The machine's memory, as far as this process may have it.
public struct HostMemory: Sendable, Hashable {
    /// Bytes at most.
    public var total: Int
    /// Bytes that could be had now without swapping.
    public var available: Int
    /// Whether a limit of a control group (a Slurm job's, a container's), and not the machine, sets ``total``.
    public var isLimited: Bool

    public init(total: Int, available: Int, isLimited: Bool = false) {
        self.total = total
        self.available = available
        self.isLimited = isLimited
    }

    /// - Returns: nil where the kernel does not tell.
    public static func now() -> HostMemory? { read(proc: "/proc", cgroups: "/sys/fs/cgroup") }

    /// - Parameters:
    ///   - proc: the folder that holds `meminfo` and `self/cgroup`.
    ///   - cgroups: where the control groups are mounted.
    static func read(proc: String, cgroups: String) -> HostMemory? {
        guard let text = text(proc + "/meminfo"), let total = kilobytes("MemTotal", in: text),
            let available = kilobytes("MemAvailable", in: text) ?? kilobytes("MemFree", in: text)
        else { return nil }
        var memory = HostMemory(total: total, available: available)
        for group in ControlGroups.memory(text: Self.text(proc + "/self/cgroup") ?? "", mount: cgroups) {
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

    fileprivate static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// The control groups that this process is in, from its own up to the root: each may have a limit.
private enum ControlGroups {
    struct Group {
        var limit: Int?
        var usage: Int?
        var reclaimable: Int?
    }

    /// - Parameter text: that of `/proc/self/cgroup`.
    static func memory(text: String, mount: String) -> [Group] {
        text.split(separator: "\n").flatMap { line -> [Group] in
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { return [] }
            if parts[1].isEmpty {
                return folders(mount, String(parts[2])).map {
                    group($0, limit: "memory.max", usage: "memory.current", cache: "inactive_file")
                }
            }
            guard parts[1].split(separator: ",").contains("memory") else { return [] }
            return folders(mount + "/memory", String(parts[2])).map {
                group(
                    $0, limit: "memory.limit_in_bytes", usage: "memory.usage_in_bytes", cache: "total_inactive_file")
            }
        }
    }

    /// A container sees its own group at the mount point, and is told a path that does not exist there.
    private static func folders(_ mount: String, _ path: String) -> [String] {
        var parts = path.split(separator: "/").filter { $0 != ".." }
        var folders = [mount]
        while !parts.isEmpty {
            folders.append(mount + "/" + parts.joined(separator: "/"))
            parts.removeLast()
        }
        return folders
    }

    private static func group(_ folder: String, limit: String, usage: String, cache: String) -> Group {
        func number(_ name: String) -> Int? {
            HostMemory.text(folder + "/" + name).flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }.map
            { Int(memory: $0) }
        }
        let lines = (HostMemory.text(folder + "/memory.stat") ?? "").split(separator: "\n")
        let reclaimable = lines.first { $0.hasPrefix(cache + " ") }?.split(separator: " ").last.flatMap { Int($0) }.map
        { Int(memory: $0) }
        return Group(limit: number(limit), usage: number(usage), reclaimable: reclaimable)
    }
}
