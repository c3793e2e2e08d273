import Foundation
import Support
import Terminal

/// Standard output, for what was asked for; standard error, for messages to people.
struct Console: Sendable {
    let environment = ProcessInfo.processInfo.environment

    /// A closed pipe is told by the write that meets it. A handler, and not SIG_IGN, which engines would inherit.
    func surviveBrokenPipes() {
        signal(SIGPIPE) { _ in }
    }

    /// - Throws: ``OutputClosed`` where nobody reads on, ``FileFailure`` where it cannot be written.
    ///
    /// A terminal gets nothing that it would obey; a file or a pipe gets the text as it is.
    func out(_ text: String) throws {
        try end(isatty(STDOUT_FILENO) == 1 ? text.sanitizedLines : text)
    }

    private func end(_ text: String) throws {
        try write(text.hasSuffix("\n") ? text : text + "\n", to: STDOUT_FILENO)
    }

    func out(_ lines: [Line], colour: ColourChoice) throws {
        let isOn = colour.isOn(isTerminal: isatty(STDOUT_FILENO) == 1, environment: environment)
        try end(lines.map { $0.rendered(colour: isOn) }.joined(separator: "\n"))
    }

    func outJSON(_ value: some Encodable) throws {
        try out(String(decoding: JSONText.pretty(value), as: UTF8.self).harmlessJSON)
    }

    /// Writes a message: there is nothing in it that a terminal would obey. That nobody reads it stops nothing.
    func message(_ text: String) {
        draw(text.sanitizedLines)
    }

    /// Writes what moves the cursor, as it is.
    func draw(_ frame: String) {
        try? write(frame, to: STDERR_FILENO)
    }

    func error(_ text: String) {
        message("rsd-batch: error: \(text)\n")
    }

    var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb" }

    /// Columns for what goes to standard output.
    var outWidth: Int { Self.size(of: STDOUT_FILENO)?.columns ?? columnsVariable ?? 100 }

    /// Of the terminal at standard error, now.
    var errorSize: (columns: Int, rows: Int) {
        Self.size(of: STDERR_FILENO) ?? (columnsVariable ?? 80, 24)
    }

    private var columnsVariable: Int? {
        environment["COLUMNS"].flatMap { Int($0) }.flatMap { $0 > 0 ? min($0, 1000) : nil }
    }

    private static func size(of descriptor: Int32) -> (columns: Int, rows: Int)? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    private func write(_ text: String, to descriptor: Int32) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno == EAGAIN {
                // Somebody made it non-blocking and does not read as fast.
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
            } else if [EPIPE, ECONNRESET, EBADF].contains(errno) || errno == EIO && isatty(descriptor) == 1 {
                // A reader that has gone, or a terminal.
                throw OutputClosed()
            } else if errno != EINTR {
                throw FileFailure(path: "standard output", errno: errno)
            }
        }
    }
}

/// Whoever read standard output has seen enough.
struct OutputClosed: Error {}
