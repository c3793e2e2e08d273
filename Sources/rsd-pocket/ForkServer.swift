import ArgumentParser
import Foundation

/// Speaks vLLM's fork server protocol, for tests of its client. There is nothing to import: engines are spawned.
struct ForkServer: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fork-server",
        abstract: "Start servers on request, over a socket on standard input and output.",
        discussion: """
            RSD_POCKET_FORKS in the environment injects a fault: refuse reports that it cannot fork, silent reports nothing, \
            deny refuses each fork, die exits at the first fork, hang never answers one, fault=SPEC gives its servers a fault, \
            and model=FOLDER another model.
            """,
        shouldDisplay: false)

    func run() throws {
        let manners = Manners(ProcessInfo.processInfo.environment["RSD_POCKET_FORKS"] ?? "")
        switch manners {
        case .refuse: return Self.say(["refused": "it was told to refuse"])
        case .silent: while true { sleep(3600) }
        default: Self.say(["ready": ["seconds": 0]])
        }
        while let line = readLine() {
            let message = try JSONDecoder().decode([String: Request].self, from: Data(line.utf8))
            guard let request = message["fork"] else { continue }
            switch manners {
            case .deny: Self.say(["failed": ["id": request.id, "reason": "it was told to deny it"]])
            case .die: kill(getpid(), SIGKILL)
            case .hang: break
            default: Self.start(manners.changed(request))
            }
        }
    }

    struct Request: Decodable {
        var id: String
        var arguments: [String]
        var environment: [String: String]
        var log: String
    }

    private enum Manners {
        case good, refuse, silent, deny, die, hang
        case fault(String)
        case model(String)

        init(_ text: String) {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            switch parts.first {
            case "refuse": self = .refuse
            case "silent": self = .silent
            case "deny": self = .deny
            case "die": self = .die
            case "hang": self = .hang
            case "fault": self = .fault(parts[1])
            case "model": self = .model(parts[1])
            default: self = .good
            }
        }

        func changed(_ request: Request) -> Request {
            var request = request
            switch self {
            case .fault(let spec): request.arguments += ["--fault", spec]
            case .model(let folder): request.arguments[1] = folder
            default: break
            }
            return request
        }
    }

    // MARK: Servers

    private static func start(_ request: Request) {
        var pid: pid_t = 0
        let code = spawn(request, &pid)
        guard code == 0 else {
            return say(["failed": ["id": request.id, "reason": String(cString: strerror(code))]])
        }
        waitUntilServing(pid)
        say(["forked": ["id": request.id, "pid": Int(pid)]])
        let child = pid
        Thread.detachNewThread {
            var status: Int32 = 0
            while waitpid(child, &status, 0) < 0, errno == EINTR {}
            let signal = status & 0x7f
            say([
                "ended": signal == 0
                    ? ["pid": Int(child), "code": Int(status >> 8 & 0xff)] : ["pid": Int(child), "signal": Int(signal)]
            ])
        }
    }

    /// Spawns a server in a session of its own that ends with this process.
    private static func spawn(_ request: Request, _ pid: inout pid_t) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, request.log, O_WRONLY | O_APPEND | O_CREAT, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        let newSession: Int16 = 0x80
        posix_spawnattr_setflags(&attributes, newSession)
        let environment = ProcessInfo.processInfo.environment.merging(request.environment) { $1 }
        let words = ["setpriv", "--pdeathsig", "TERM", "--", "/proc/\(getpid())/exe"] + request.arguments
        var arguments = words.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        return posix_spawnp(&pid, "setpriv", &actions, &attributes, &arguments, &variables)
    }

    /// Waits until a child runs this program, or has ended. Before that, the kernel may show no environment of it, by which it is known.
    private static func waitUntilServing(_ child: pid_t) {
        func program(_ process: String) -> String? {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/exe")
        }
        while let running = program("\(child)") {
            if running == program("self"), let text = FileManager.default.contents(atPath: "/proc/\(child)/environ"),
                !text.isEmpty
            {
                return
            }
            usleep(1000)
        }
    }

    private static let voice = NSLock()

    private static func say(_ message: [String: Any]) {
        guard var line = try? JSONSerialization.data(withJSONObject: message) else { return }
        line.append(UInt8(ascii: "\n"))
        voice.withLock { FileHandle.standardOutput.write(line) }
    }
}
