import Support
import Foundation

/// How a fork server is started, and what it is worth.
package struct ForkServerPlan: Sendable, Hashable {
    /// What is known of forks of such an engine.
    package enum Trust: Sendable, Hashable {
        /// They were seen to work and to answer as an engine does that was spawned.
        case proven
        /// They may work: an engine is forked only where it is known how it answers when it is spawned.
        case unproven
        /// Nobody has tried: one sentence why, and what to do.
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
    /// Of the engine's command line, without the program.
    package var arguments: [String]
    /// What the fork server must have been started with: variables that are read once, when something is imported.
    package var early: [String: String]
    /// What a fork can still set.
    package var late: [String: String]
    /// Folders to import from, before all others.
    package var path: [String]

    package init(arguments: [String], early: [String: String], late: [String: String], path: [String] = []) {
        self.arguments = arguments
        self.early = early
        self.late = late
        self.path = path
    }
}

/// What a fork server is asked for, as one line of JSON.
struct ForkRequest: Encodable {
    struct Fork: Encodable {
        /// Names the request.
        var id: String
        var arguments: [String]
        var environment: [String: String]
        var path: [String]
        var log: String
        var directory: String?
    }

    var fork: Fork

    /// - Returns: without a line break.
    func line() throws -> String {
        String(decoding: try JSONText.encode(self), as: UTF8.self)
    }
}

/// What a fork server says.
enum ForkServerMessage: Hashable {
    /// It has imported what there is to import, in so many seconds.
    case ready(seconds: Double)
    /// It is none to fork engines from.
    case refused(String)
    case forked(id: String, pid: pid_t)
    case failed(id: String, reason: String)
    case ended(pid: pid_t, ExitStatus)

    /// - Returns: nil where the line is no message.
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
