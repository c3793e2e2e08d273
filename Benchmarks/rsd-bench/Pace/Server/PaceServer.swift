import Decoding
import Foundation
import PacedEngine

/// Paced engines behind vLLM's HTTP API, on one thread: it waits for sockets until the next iteration ends.
///
/// Time is that of the machine, slowed down: an iteration of 5 ms takes 50 ms with a factor of 10. An iteration begins when the
/// one before it should have ended, not when this thread found out, so delays do not add up.
final class PaceServer {
    struct Settings: Sendable {
        var machine: PacedMachine
        /// Real seconds for each second of the machine.
        var slowdown: Double
        var tokenizer: PacedTokenizer
        /// Listening sockets of engines that are up from the beginning.
        var sockets: [Role: Int32]
        /// Where processes ask for engines; nil if none do.
        var control: Int32?
        /// A descriptor that can be read when it is time to end.
        var end: Int32
    }

    let settings: Settings
    var floor: EngineFloor
    var texts: TextCache
    var figures = PaceFigures()
    private var listeners: [Int32: Role?] = [:]
    private(set) var connections: [Int32: PaceConnection] = [:]
    private var roles: [Int32: Role] = [:]
    private var requests: [Int: PaceRequest] = [:]
    private var nextNumber = 1
    private var timers: [(time: Double, act: (PaceServer) -> Void)] = []
    private let begin = ContinuousClock.now
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)

    static let contextLength = 8192

    init(_ settings: Settings) {
        self.settings = settings
        floor = EngineFloor(settings.machine)
        texts = TextCache(settings.tokenizer)
        for (role, socket) in settings.sockets {
            floor.open(role)
            listeners[socket] = role
        }
        if let control = settings.control { listeners[control] = .some(nil) }
    }

    /// Seconds of the machine since the beginning.
    var now: Double { (ContinuousClock.now - begin) / .seconds(1) / settings.slowdown }

    /// Serves until it is told to end.
    func run() -> PaceFigures {
        while turn() {}
        for socket in connections.keys { close(socket) }
        for socket in listeners.keys { Glibc.close(socket) }
        buffer.deallocate()
        figures.end = now
        figures.collect(floor)
        figures.cpu = threadCPU()
        return figures
    }

    /// - Returns: false if it is time to end.
    private func turn() -> Bool {
        var polls = [pollfd(fd: settings.end, events: Int16(POLLIN), revents: 0)]
        polls += listeners.keys.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        polls += connections.map { socket, connection in
            pollfd(fd: socket, events: Int16(POLLIN) | (connection.wantsToWrite ? Int16(POLLOUT) : 0), revents: 0)
        }
        let due = [floor.nextEvent, timers.map(\.time).min()].compactMap(\.self).min()
        // Rounded up: a millisecond late is better than a loop until it is time.
        let wait = due.map { max(0, ($0 - now) * settings.slowdown * 1000).rounded(.up) } ?? 60_000
        guard poll(&polls, nfds_t(polls.count), Int32(min(wait, 60_000))) >= 0 || errno == EINTR else { return false }
        if polls[0].revents != 0 { return false }
        for entry in polls.dropFirst() where entry.revents != 0 {
            if let role = listeners[entry.fd] {
                accept(entry.fd, role)
            } else if let connection = connections[entry.fd] {
                if entry.revents & Int16(POLLOUT) != 0 { connection.flush() }
                if entry.revents & ~Int16(POLLOUT) != 0 { receive(connection) }
            }
        }
        let time = now
        if let due { figures.add(lateness: time - due) }
        for timer in timers.filter({ $0.time <= time }).sorted(by: { $0.time < $1.time }) { timer.act(self) }
        timers.removeAll { $0.time <= time }
        for outcome in floor.advance(to: time) { deliver(outcome) }
        floor.beginIdle(at: time)
        return true
    }

    /// Does something in a while.
    ///
    /// - Parameter delay: in seconds of the machine.
    func after(_ delay: Double, _ act: @escaping (PaceServer) -> Void) { timers.append((now + delay, act)) }

    // MARK: Engines

    func open(_ role: Role, on socket: Int32) {
        floor.open(role)
        listeners[socket] = role
    }

    /// Takes an engine down with its connections.
    func close(_ role: Role) {
        floor.close(role)
        for (socket, listener) in listeners where listener == role {
            Glibc.close(socket)
            listeners[socket] = nil
        }
        for (socket, owner) in roles where owner == role { close(socket) }
    }

    // MARK: Connections

    private func accept(_ listener: Int32, _ role: Role?) {
        while true {
            let socket = Glibc.accept(listener, nil, nil)
            guard socket >= 0 else { return }
            _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
            connections[socket] = PaceConnection(socket: socket)
            roles[socket] = role
        }
    }

    private func receive(_ connection: PaceConnection) {
        guard connection.read(into: buffer) else { return close(connection.socket) }
        do {
            while connection.pending == nil, let request = try connection.next() {
                if let role = roles[connection.socket] {
                    figures.httpRequests[role, default: 0] += 1
                    try answer(request, to: role, connection)
                } else {
                    try control(request, connection)
                }
            }
        } catch {
            connection.respond(PaceError.json("\(error)", parameter: (error as? PaceError)?.parameter), status: 400)
        }
    }

    private func close(_ socket: Int32) {
        guard let connection = connections.removeValue(forKey: socket) else { return }
        let role = roles.removeValue(forKey: socket)
        Glibc.close(socket)
        if let engine = heldEngines.removeValue(forKey: socket) { close(engine) }
        guard let role, let number = connection.pending, let request = requests.removeValue(forKey: number) else {
            return
        }
        figures.aborted += 1
        for index in request.problems.indices { floor.abort(request.identifier(ofPrompt: index), of: role) }
    }

    /// Engines that live as long as a connection of a process.
    var heldEngines: [Int32: Role] = [:]

    // MARK: Requests to models

    /// - Throws: ``PaceError`` if an engine could never hold it.
    func begin(_ kind: PaceRequest.Kind, _ works: [PaceWork], _ role: Role, _ connection: PaceConnection) throws {
        guard !works.isEmpty, works.allSatisfy({ !$0.prompt.isEmpty }) else {
            throw PaceError(description: "You must pass at least one prompt, and no empty one.")
        }
        let request = PaceRequest(
            number: nextNumber, role: role, connection: connection, kind: kind, problems: works.map(\.problem))
        nextNumber += 1
        for (index, work) in works.enumerated() {
            let work = BatchScheduler.Work(
                id: request.identifier(ofPrompt: index), prompt: work.prompt, output: work.output)
            guard floor.submit(work, to: role) else {
                for earlier in 0..<index { floor.abort(request.identifier(ofPrompt: earlier), of: role) }
                throw PaceError(description: "the request does not fit into the cache")
            }
        }
        figures.modelRequests[role, default: 0] += 1
        requests[request.number] = request
        connection.pending = request.number
        if request.isStream { connection.beginStream() }
    }

    private func deliver(_ outcome: EngineFloor.Outcome) {
        for progress in outcome.progress {
            let (number, index) = PaceRequest.place(of: progress.id)
            guard let request = requests[number] else { continue }
            if request.isStream { request.sendToken(progress.written - 1, ofPrompt: index, settings.tokenizer) }
            guard progress.isDone else { continue }
            figures.ends[request.problems[index]] = outcome.time
            request.left -= 1
            guard request.left == 0 else { continue }
            requests[number] = nil
            request.connection.pending = nil
            request.finish(settings.tokenizer)
        }
    }
}

/// A prompt of a request, and what will be written after it.
struct PaceWork {
    var problem: Int
    var prompt: [Int]
    var output: [Int]
}

/// A request that an engine refuses.
struct PaceError: Error, CustomStringConvertible {
    var description: String
    var parameter: String?

    static func json(_ message: String, parameter: String? = nil) -> String {
        let parameter = parameter.map { "\"\($0)\"" } ?? "null"
        let text = message.replacing("\\", with: "\\\\").replacing("\"", with: "'").replacing("\n", with: " ")
        return #"{"error":{"message":"\#(text)","type":"BadRequestError","param":\#(parameter),"code":400}}"#
    }
}

/// Processor seconds of the calling thread.
private func threadCPU() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
