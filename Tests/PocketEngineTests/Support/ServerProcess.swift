import Foundation

/// The `rsd-pocket` executable as a child of this process, leader of a process group of its own.
final class ServerProcess: Sendable {
    let pid: pid_t
    /// What it writes to its standard error, line by line; ends when nobody holds the other end any more.
    private let lines: AsyncStream<String>
    private let exited: Task<Int32, Never>

    /// Built beside the test bundle.
    private static var executable: String {
        let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(filePath: bundle).deletingLastPathComponent().appending(path: "rsd-pocket").path
    }

    init(
        folder: URL = Fixture.tied.folder, _ arguments: [String] = [],
        environment: [String: String] = [:]
    ) throws {
        let words =
            [
                Self.executable, "serve", folder.path, "--port", "0",
                "--served-model-name", "m",
            ]
            + arguments
        let pipe = Pipe()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, pipe.fileHandleForWriting.fileDescriptor, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0)=\($1)" }
        let argv = words.map { (word: String) in strdup(word) }
        let envp = variables.map { (word: String) in strdup(word) }
        defer { for word in argv + envp { free(word) } }
        var pid: pid_t = 0
        guard posix_spawn(&pid, words[0], &actions, &attributes, argv + [nil], envp + [nil]) == 0 else {
            throw ClientError(what: "cannot start \(words[0])")
        }
        try pipe.fileHandleForWriting.close()
        self.pid = pid

        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        self.lines = lines
        let reading = pipe.fileHandleForReading
        Thread.detachNewThread {
            var rest = Data()
            var buffer = [UInt8](repeating: 0, count: 4096)
            while case let count = read(reading.fileDescriptor, &buffer, buffer.count), count > 0 {
                rest.append(contentsOf: buffer[..<count])
                while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    continuation.yield(String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
                    rest = Data(rest[(end + 1)...])
                }
            }
            continuation.finish()
        }
        exited = Task { [pid] in
            await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    var status: Int32 = 0
                    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
                    continuation.resume(returning: status)
                }
            }
        }
    }

    deinit { kill(-pid, SIGKILL) }

    /// The next line that contains `text`.
    func line(_ text: String) async throws -> String {
        for await line in lines where line.contains(text) { return line }
        throw ClientError(what: "no line with \(text)")
    }

    func untilReady() async throws -> Client {
        let line = try await line("Serving on http://")
        _ = try await self.line("Application startup complete.")
        guard let port = line.split(separator: ":").last.flatMap({ UInt16($0) }) else {
            throw ClientError(what: line)
        }
        return Client(port: port)
    }

    func signal(_ number: Int32) { kill(pid, number) }

    /// How it ended.
    enum End: Equatable {
        case exit(Int32)
        case signal(Int32)
    }

    func end() async -> End {
        let status = await exited.value
        return status & 0x7F == 0 ? .exit((status >> 8) & 0xFF) : .signal(status & 0x7F)
    }
}
