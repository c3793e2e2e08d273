import Foundation

/// What the kernel tells of a process.
package enum ProcessFacts {
    package static func isDead(_ pid: pid_t) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return true }
        return status.contains(") Z ") || status.contains(") X ")
    }

    package static func parent(of pid: pid_t) -> pid_t? {
        let status = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
        return status.components(separatedBy: ") ").last?.split(separator: " ").dropFirst().first.flatMap { pid_t($0) }
    }

    package static func commandLine(of pid: pid_t) -> [String] { words("/proc/\(pid)/cmdline") }

    package static func environment(of pid: pid_t) -> [String] { words("/proc/\(pid)/environ") }

    /// Local addresses, in the kernel's hexadecimal, on which the process listens for TCP.
    package static func listeningAddresses(of pid: pid_t) -> [String] {
        let manager = FileManager.default
        let descriptors = (try? manager.contentsOfDirectory(atPath: "/proc/\(pid)/fd")) ?? []
        let sockets = Set(
            descriptors.compactMap { try? manager.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/\($0)") }
                .compactMap { $0.wholeMatch(of: /socket:\[(\d+)\]/).map { String($0.1) } })
        return ["tcp", "tcp6"].flatMap { table in
            let text = (try? String(contentsOfFile: "/proc/net/\(table)", encoding: .utf8)) ?? ""
            return text.split(separator: "\n").dropFirst().compactMap { line -> String? in
                let fields = line.split(separator: " ")
                // 0A is LISTEN; the tenth field is the socket's inode.
                guard fields.count > 9, fields[3] == "0A", sockets.contains(String(fields[9])) else { return nil }
                return fields[1].split(separator: ":").first.map(String.init)
            }
        }
    }

    private static func words(_ file: String) -> [String] {
        (FileManager.default.contents(atPath: file) ?? Data()).split(separator: 0).map {
            String(decoding: $0, as: UTF8.self)
        }
    }
}
