import Foundation
import Support

/// The control groups of a process (of a Slurm job or a container), from its own up to the root. Each may have a limit;
/// the tightest counts.
enum ControlGroups {
    /// A directory of the kernel. It need not exist: a container sees its own group at the mount point, but the path it
    /// reads may not be there.
    struct Folder {
        var path: String
        /// Whether it is version 1 of the interface, with other file names.
        var isLegacy: Bool

        func text(_ name: String) -> String? { ControlGroups.text("\(path)/\(name)") }

        /// The number in a file that holds just one; nil for `max`.
        func number(_ name: String) -> Int? { text(name).flatMap(Int.init(trimming:)) }
    }

    /// - Parameters:
    ///   - controller: `memory` or `cpu`.
    ///   - proc: the directory with `self/cgroup`.
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
