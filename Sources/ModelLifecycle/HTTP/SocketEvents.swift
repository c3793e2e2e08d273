import CCurl
import Foundation

/// Tells the curl thread which sockets have something to read or room to write, and when libcurl's timer ends.
///
/// The kernel keeps the list of sockets, so a look costs only what has happened, however many requests wait.
final class SocketEvents {
    /// Ends a wait. Any thread may call it, until the events are gone.
    struct Waker: Sendable {
        fileprivate let descriptor: Int32

        func wake() { eventfd_write(descriptor, 1) }
    }

    let waker: Waker
    private let poll: Int32
    private let multi: UnsafeMutableRawPointer
    private var events = [epoll_event](repeating: epoll_event(), count: 256)
    /// When libcurl wants to be called, whatever happens.
    private var timer: ContinuousClock.Instant?

    /// - Parameter multi: a multi handle that no transfer was added to. It must be cleaned up before these events are gone.
    /// - Returns: nil without free file descriptors.
    init?(of multi: UnsafeMutableRawPointer) {
        self.multi = multi
        poll = epoll_create1(rsd_epoll_cloexec)
        waker = Waker(descriptor: eventfd(0, rsd_eventfd_flags))
        guard poll >= 0, waker.descriptor >= 0, register(waker.descriptor, EPOLL_CTL_ADD, rsd_epoll_in) else {
            return nil
        }
        let me = Unmanaged.passUnretained(self).toOpaque()
        rsd_curl_multi_watch_sockets(
            multi,
            { _, socket, what, context, mark in
                guard let context else { return 0 }
                Unmanaged<SocketEvents>.fromOpaque(context).takeUnretainedValue().watch(
                    socket, what, isNew: mark == nil)
                return 0
            }, me)
        rsd_curl_multi_watch_timer(
            multi,
            { _, milliseconds, context in
                guard let context else { return 0 }
                let events = Unmanaged<SocketEvents>.fromOpaque(context).takeUnretainedValue()
                events.timer = milliseconds < 0 ? nil : .now + .milliseconds(milliseconds)
                return 0
            }, me)
    }

    deinit { for descriptor in [poll, waker.descriptor] where descriptor >= 0 { close(descriptor) } }

    /// Waits until something happens, and has libcurl deal with it.
    ///
    /// - Parameter milliseconds: how long to wait at most.
    func wait(atMost milliseconds: Int32) {
        let left = timer.map { ($0 - .now).wholeMillisecondsLeft } ?? Int.max
        let count = epoll_wait(poll, &events, Int32(events.count), Int32(min(Int(milliseconds), left)))
        var running: Int32 = 0
        for event in events.prefix(Int(max(0, count))) {
            guard event.data.fd != waker.descriptor else {
                var count: eventfd_t = 0
                eventfd_read(waker.descriptor, &count)
                continue
            }
            var what: Int32 = 0
            if event.events & rsd_epoll_in != 0 { what |= CURL_CSELECT_IN }
            if event.events & rsd_epoll_out != 0 { what |= CURL_CSELECT_OUT }
            if event.events & rsd_epoll_broken != 0 { what |= CURL_CSELECT_ERR }
            curl_multi_socket_action(multi, event.data.fd, what, &running)
        }
        if let timer, timer <= .now {
            // libcurl sets the next one before it returns.
            self.timer = nil
            curl_multi_socket_action(multi, rsd_curl_socket_timeout, 0, &running)
        }
    }

    private func watch(_ socket: curl_socket_t, _ what: Int32, isNew: Bool) {
        guard what != CURL_POLL_REMOVE else {
            register(socket, EPOLL_CTL_DEL, 0)
            return
        }
        let wanted =
            (what & CURL_POLL_IN != 0 ? rsd_epoll_in : 0) | (what & CURL_POLL_OUT != 0 ? rsd_epoll_out : 0)
        register(socket, isNew ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, wanted)
        // The mark comes with the next call for this socket.
        if isNew { curl_multi_assign(multi, socket, multi) }
    }

    @discardableResult
    private func register(_ descriptor: Int32, _ operation: Int32, _ wanted: UInt32) -> Bool {
        var event = epoll_event(events: wanted, data: epoll_data_t(fd: descriptor))
        return epoll_ctl(poll, operation, descriptor, &event) == 0
    }
}

extension Duration {
    /// Rounded up; 0 if it is over.
    fileprivate var wholeMillisecondsLeft: Int { max(0, Int((self / .milliseconds(1)).rounded(.up))) }
}
