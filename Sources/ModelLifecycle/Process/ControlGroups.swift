import Foundation
import Support

/// The control groups that a process is in (a Slurm job's, a container's), from its own up to the root. Each may have a limit, and
/// the tightest counts.
enum ControlGroups {
    /// A folder of the kernel's. It need not exist: a container sees its own group at the mount point, and is told a path that is
    /// not there.
    struct Folder {
        var path: String
        /// Version 1 of the interface has other file names.
        var isLegacy: Bool

        func text(_ name: String) -> String? { ControlGroups.text("\(path)/\(name)") }

        /// The number in a file that holds just one; nil where it says `max`.
        func number(_ name: String) -> Int? { text(name).flatMap(Int.init(trimming:)) }
    }

    /// - Parameters:
    ///   - controller: `memory`, `cpu`.
    ///   - proc: the folder that holds `self/cgroup`.
    ///   - mount: where the control groups are mounted.
    static func folders(of controller: String, proc: String, mount: String) -> [Folder] {
        (text(proc + "/self/cgroup") ?? "").split(separator: "\n").flatMap { line -> [Folder] in
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { return [] }
            if parts[1].isEmpty { return paths(mount, parts[2]).map { Folder(path: $0, isLegacy: false) } }
            guard parts[1].split(separator: ",").contains(controller[...]) else { return [] }
            return paths("\(mount)/\(controller)", parts[2]).map { Folder(path: $0, isLegacy: true) }
        }
    }

    private static func paths(_ mount: String, _ path: Substring) -> [String] {
        var parts = path.split(separator: "/").filter { $0 != ".." }
        var paths = [mount]
        while !parts.isEmpty {
            paths.append(mount + "/" + parts.joined(separator: "/"))
            parts.removeLast()
        }
        return paths
    }

    static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension Int {
    fileprivate init?(trimming text: String) { self.init(text.trimmingCharacters(in: .whitespacesAndNewlines)) }
}
