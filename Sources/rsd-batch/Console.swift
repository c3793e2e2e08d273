import Foundation
import Support
import Terminal

/// Standard output for results, standard error for messages.
struct Console: Sendable {
    let environment = ProcessInfo.processInfo.environment

    /// Turns SIGPIPE into an error of the write. Uses a handler, since engines would inherit SIG_IGN.
    func surviveBrokenPipes() {
        signal(SIGPIPE) { _ in }
    }

    /// Writes to standard output: without control characters to a terminal, unchanged to a file or a pipe.
    ///
    /// - Throws: ``OutputClosed`` if the reader has gone, ``FileFailure`` if writing fails.
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

    /// Writes a message to standard error, without control characters. A closed standard error is ignored.
    func message(_ text: String) {
        draw(text.sanitizedLines)
    }

    /// Writes cursor movements to standard error unchanged.
    func draw(_ frame: String) {
        try? write(frame, to: STDERR_FILENO)
    }

    func error(_ text: String) {
        message("rsd-batch: error: \(text)\n")
    }

    var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb" }

    /// Columns of standard output.
    var outWidth: Int { Self.size(of: STDOUT_FILENO)?.columns ?? columnsVariable ?? 100 }

    /// The current size of the terminal at standard error.
    var errorSize: (columns: Int, rows: Int) {
        Self.size(of: STDERR_FILENO) ?? (columnsVariable ?? 80, 24)
    }

    /// Columns for help: those of the terminal, within what reads well; 80 where there is none.
    func helpWidth(of descriptor: Int32) -> Int {
        min(max(Self.size(of: descriptor)?.columns ?? columnsVariable ?? 80, 40), 100)
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
                // The descriptor is non-blocking, and its reader is slow.
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
            } else if [EPIPE, ECONNRESET, EBADF].contains(errno) || errno == EIO && isatty(descriptor) == 1 {
                // The reader or the terminal has gone.
                throw OutputClosed()
            } else if errno != EINTR {
                throw FileFailure(path: "standard output", errno: errno)
            }
        }
    }
}

/// The reader of standard output has closed it.
struct OutputClosed: Error {}
