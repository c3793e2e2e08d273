import CCurl
import Foundation
import Synchronization

/// The thread that owns a libcurl multi handle and all its transfers.
///
/// Other threads only append to the inbox and wake the thread.
final class CurlThread: Sendable {
    typealias Answer = Result<HTTPResponse, HTTPError>
    typealias Continuation = CheckedContinuation<Answer, Never>
    typealias Done = @Sendable () -> Void

    private enum Command {
        case start(id: UInt64, HTTPRequest, HTTPReceiver?, Continuation)
        case cancel(id: UInt64)
        case closeIdle(Done)
    }

    private struct Inbox {
        var commands: [Command] = []
        var lastID: UInt64 = 0
        var stopping = false
        var stopped = false
        var whenStopped: [Done] = []
        /// nil before the thread runs, while it has no handle, and after it has ended.
        var waker: SocketEvents.Waker?
    }

    /// A multi handle and what it waits for.
    private struct Multi {
        let handle: UnsafeMutableRawPointer
        let events: SocketEvents
    }

    private static let initialised: Bool = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

    /// Transfers in progress from which on they are looked at together, at most once a millisecond.
    private static let many = 64
    /// Handles of finished transfers to keep for others.
    private static let mostSpare = 512

    private let inbox = Mutex(Inbox())
    private let limits: HTTPClient.Limits

    init(limits: HTTPClient.Limits) { self.limits = limits }

    func start() {
        _ = Self.initialised
        let thread = Thread { [self] in run() }
        thread.name = "rsd-http"
        thread.start()
    }

    // MARK: Calls from other threads

    func nextID() -> UInt64 {
        inbox.withLock { inbox in
            inbox.lastID += 1
            return inbox.lastID
        }
    }

    func enqueue(_ request: HTTPRequest, id: UInt64, _ receiver: HTTPReceiver?, _ continuation: Continuation) {
        let refusal: HTTPError? = inbox.withLock { inbox in
            if inbox.stopping { return .shutDown }
            // Checked under the lock: an earlier cancellation found nothing to cancel.
            if Task.isCancelled { return .cancelled }
            append(.start(id: id, request, receiver, continuation), to: &inbox)
            return nil
        }
        if let refusal { continuation.resume(returning: .failure(refusal)) }
    }

    func cancel(_ id: UInt64) { add(.cancel(id: id)) }

    func closeIdle(_ done: @escaping Done) {
        if !add(.closeIdle(done)) { done() }
    }

    func shutdown(finished: Done?) {
        let already = inbox.withLock { inbox in
            if inbox.stopped { return true }
            inbox.stopping = true
            if let finished { inbox.whenStopped.append(finished) }
            wake(inbox)
            return false
        }
        if already { finished?() }
    }

    @discardableResult
    private func add(_ command: Command) -> Bool {
        inbox.withLock { inbox in
            guard !inbox.stopping else { return false }
            append(command, to: &inbox)
            return true
        }
    }

    private func append(_ command: Command, to inbox: inout Inbox) {
        // The thread takes all commands at once: it was woken for those that still wait.
        if inbox.commands.isEmpty { wake(inbox) }
        inbox.commands.append(command)
    }

    private func wake(_ inbox: borrowing Inbox) {
        inbox.waker?.wake()
    }

    // MARK: The thread

    private func run() {
        var multi = makeMulti()
        var transfers: [UInt64: CurlTransfer] = [:]
        var byHandle: [UnsafeMutableRawPointer: UInt64] = [:]
        var renewWhenIdle = false
        let arriving = ArrivingBytes()
        var pace = ReadingPace()
        // A new handle costs more than its first request.
        var spare: [UnsafeMutableRawPointer] = []

        func finish(_ id: UInt64, _ answer: (CurlTransfer) -> Answer) {
            guard let transfer = transfers.removeValue(forKey: id) else { return }
            byHandle[transfer.easy] = nil
            pace.forget(id)
            // Removing a transfer in progress closes its connection.
            if let multi { curl_multi_remove_handle(multi.handle, transfer.easy) }
            transfer.continuation.resume(returning: answer(transfer))
            transfer.free()
            if spare.count < Self.mostSpare {
                curl_easy_reset(transfer.easy)
                spare.append(transfer.easy)
            } else {
                curl_easy_cleanup(transfer.easy)
            }
        }

        while true {
            let (commands, stopping) = inbox.withLock { inbox in
                defer { inbox.commands.removeAll(keepingCapacity: true) }
                return (inbox.commands, inbox.stopping)
            }
            var noted: [Done] = []
            for command in commands {
                switch command {
                case .start(let id, let request, let receiver, let continuation):
                    guard let multi, let easy = spare.popLast() ?? curl_easy_init() else {
                        let error = HTTPError.other(
                            code: -1, message: "libcurl is out of memory", url: request.url)
                        continuation.resume(returning: .failure(error))
                        continue
                    }
                    let transfer = CurlTransfer(
                        request, id: id, on: easy, limits: limits, arriving, receiver, continuation)
                    transfers[id] = transfer
                    byHandle[easy] = id
                    let code = curl_multi_add_handle(multi.handle, easy)
                    if code != CURLM_OK {
                        finish(id) {
                            .failure(.other(code: Int(code.rawValue), message: "not added", url: $0.url))
                        }
                    }
                case .cancel(let id): finish(id) { _ in .failure(.cancelled) }
                case .closeIdle(let done):
                    renewWhenIdle = true
                    noted.append(done)
                }
            }
            if stopping { break }
            if let multi {
                for id in pace.due(at: .now) { transfers[id]?.resume() }
                multi.events.wait(atMost: noted.isEmpty ? pace.milliseconds(from: .now) : 0)
                for stream in arriving.takeStreams() {
                    if !stream.deliver() {
                        finish(stream.id) { .success($0.response) }
                    } else if pace.pause(stream.id, age: stream.age, at: .now) {
                        stream.pause()
                    }
                }
                var left: Int32 = 0
                while let message = curl_multi_info_read(multi.handle, &left) {
                    guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                        let id = byHandle[easy]
                    else { continue }
                    let code = rsd_curl_message_result(message)
                    finish(id) { $0.answer(code) }
                }
                while arriving.count > limits.arrivingBytes,
                    let longest = transfers.max(by: { $0.value.size < $1.value.size })
                {
                    let share = limits.arrivingBytes / transfers.count
                    finish(longest.key) { .failure(.tooLarge(url: $0.url, limit: share)) }
                }
            }
            if renewWhenIdle, transfers.isEmpty {
                multi = renew(multi)
                renewWhenIdle = false
            }
            for done in noted { done() }
            if multi == nil {
                // Out of memory or descriptors: requests are refused above; do not spin.
                Thread.sleep(forTimeInterval: 0.05)
            } else if transfers.count >= Self.many {
                // Each look costs something, so with many transfers it waits for more to arrive.
                Thread.sleep(forTimeInterval: 0.001)
            }
        }
        for id in Array(transfers.keys) { finish(id) { _ in .failure(.shutDown) } }
        for easy in spare { curl_easy_cleanup(easy) }
        end(multi)
    }

    private func makeMulti() -> Multi? {
        guard let handle = curl_multi_init() else { return nil }
        guard let events = SocketEvents(of: handle) else {
            curl_multi_cleanup(handle)
            return nil
        }
        // By default libcurl keeps four connections per transfer and closes the rest after each burst.
        rsd_curl_multi_set_long(handle, CURLMOPT_MAXCONNECTS, limits.idleConnections)
        inbox.withLock { inbox in
            inbox.waker = events.waker
            // Requests appended while there was nobody to wake are found now.
            wake(inbox)
        }
        return Multi(handle: handle, events: events)
    }

    /// Replaces the multi handle: libcurl has no call to close idle connections.
    private func renew(_ multi: Multi?) -> Multi? {
        close(multi)
        return makeMulti()
    }

    private func close(_ multi: Multi?) {
        inbox.withLock { $0.waker = nil }
        // It reports the sockets that it closes.
        if let multi { withExtendedLifetime(multi.events) { _ = curl_multi_cleanup(multi.handle) } }
    }

    private func end(_ multi: Multi?) {
        close(multi)
        let (rest, waiting) = inbox.withLock { inbox in
            inbox.stopped = true
            defer {
                inbox.commands = []
                inbox.whenStopped = []
            }
            return (inbox.commands, inbox.whenStopped)
        }
        for command in rest {
            switch command {
            case .start(_, _, _, let continuation): continuation.resume(returning: .failure(.shutDown))
            case .cancel: break
            case .closeIdle(let done): done()
            }
        }
        for done in waiting { done() }
    }
}
