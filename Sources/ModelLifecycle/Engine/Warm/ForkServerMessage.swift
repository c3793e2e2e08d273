import Support
import Foundation

/// How a fork server is started, and how far its forks are trusted.
package struct ForkServerPlan: Sendable, Hashable {
    /// How far forks of an engine are trusted.
    package enum Trust: Sendable, Hashable {
        /// Tested: they respond like spawned engines.
        case proven
        /// Untested: an engine is forked only if the response of a spawned one is known.
        case unproven
        /// Not allowed: one sentence with the reason and the remedy.
        case refused(String)
    }

    /// Absolute path.
    package var executable: String
    package var arguments: [String]
    /// Set on top of this program's own environment.
    package var environment: [String: String]
    package var trust: Trust
    /// The engine and its version.
    package var build: String

    package init(
        executable: String, arguments: [String], environment: [String: String], trust: Trust, build: String
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.trust = trust
        self.build = build
    }
}

/// What an engine needs to be forked instead of spawned.
package struct WarmLaunch: Sendable, Hashable {
    /// The engine's command line without the program.
    package var arguments: [String]
    /// Variables that are read once during imports: the fork server must have been started with them.
    package var early: [String: String]
    /// Variables that a fork can still set.
    package var late: [String: String]
    /// Directories for imports, before all others.
    package var path: [String]

    package init(arguments: [String], early: [String: String], late: [String: String], path: [String] = []) {
        self.arguments = arguments
        self.early = early
        self.late = late
        self.path = path
    }
}

/// A request to a fork server, one line of JSON.
struct ForkRequest: Encodable {
    struct Fork: Encodable {
        /// Identifies the request.
        var id: String
        var arguments: [String]
        var environment: [String: String]
        var path: [String]
        var log: String
        var directory: String?
    }

    var fork: Fork

    /// - Returns: the line without a line break.
    func line() throws -> String {
        String(decoding: try JSONText.encode(self), as: UTF8.self)
    }
}

/// A message from a fork server.
enum ForkServerMessage: Hashable {
    /// Its imports are done, after so many seconds.
    case ready(seconds: Double)
    /// It cannot fork engines.
    case refused(String)
    case forked(id: String, pid: pid_t)
    case failed(id: String, reason: String)
    case ended(pid: pid_t, ExitStatus)

    /// - Returns: nil if the line is not a message.
    init?(_ line: String) {
        struct Line: Decodable {
            struct Ready: Decodable { var seconds: Double }
            struct Forked: Decodable { var id: String, pid: Int32 }
            struct Failed: Decodable { var id: String, reason: String }
            struct Ended: Decodable { var pid: Int32, code: Int32?, signal: Int32? }
            var ready: Ready?, refused: String?, forked: Forked?, failed: Failed?, ended: Ended?
        }
        guard let line = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)) else { return nil }
        if let ready = line.ready {
            self = .ready(seconds: ready.seconds)
        } else if let reason = line.refused {
            self = .refused(reason)
        } else if let forked = line.forked, forked.pid > 1 {
            self = .forked(id: forked.id, pid: forked.pid)
        } else if let failed = line.failed {
            self = .failed(id: failed.id, reason: failed.reason)
        } else if let ended = line.ended {
            self = .ended(
                pid: ended.pid, ended.signal.map(ExitStatus.signalled) ?? ended.code.map(ExitStatus.exited) ?? .unknown)
        } else {
            return nil
        }
    }
}
