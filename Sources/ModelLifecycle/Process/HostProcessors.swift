import Foundation

/// The machine's processors that this process and its children may use.
package struct HostProcessors: Sendable, Hashable {
    /// Processors that its threads may run on, at least 1; the number that libraries find.
    package var allowed: Int
    /// Processors whose time it gets, at least 1: fewer if a control group has a quota, such as a container's `--cpus`.
    package var usable: Int

    package init(allowed: Int, usable: Int) {
        self.allowed = max(1, allowed)
        self.usable = min(max(1, usable), self.allowed)
    }

    package static func now() -> HostProcessors { read(proc: "/proc", cgroups: "/sys/fs/cgroup") }

    /// - Parameters:
    ///   - proc: the directory with `self/status` and `self/cgroup`.
    ///   - cgroups: where the control groups are mounted.
    static func read(proc: String, cgroups: String) -> HostProcessors {
        let list = ControlGroups.text(proc + "/self/status").flatMap(ProcFS.allowedCPUs(inStatus:))
        let allowed = list.flatMap(Self.count) ?? ProcessInfo.processInfo.activeProcessorCount
        let quotas = ControlGroups.folders(of: "cpu", proc: proc, mount: cgroups).compactMap(\.quota)
        return HostProcessors(allowed: allowed, usable: quotas.min().map { Int($0) } ?? allowed)
    }

    /// The length of a list such as `0-3,8`.
    private static func count(_ list: String) -> Int? {
        var count = 0
        for part in list.split(separator: ",") {
            let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map { Int($0) }
            guard let first = ends.first.flatMap(\.self), let last = ends.last.flatMap(\.self), 0...last ~= first,
                last < 1 << 20
            else { return nil }
            count += last - first + 1
        }
        return count > 0 ? count : nil
    }
}

extension ControlGroups.Folder {
    /// The group's quota in processors, up to a million; nil without a limit.
    fileprivate var quota: Double? {
        let numbers: [Double?]
        if isLegacy {
            numbers = [number("cpu.cfs_quota_us"), number("cpu.cfs_period_us")].map { $0.map(Double.init) }
        } else {
            numbers = (text("cpu.max") ?? "").split(whereSeparator: \.isWhitespace).map { Double($0) }
        }
        guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], quota > 0, period > 0 else {
            return nil
        }
        return min(quota / period, 1e6)
    }
}
