/// How a process ended.
package enum ExitStatus: Sendable, Hashable, CustomStringConvertible {
    /// It called `exit`. vLLM also exits with 0 after an engine crash, so 0 does not mean success.
    case exited(code: Int32)
    /// A signal ended it.
    case signalled(Int32)
    /// No process that could report it survived.
    case unknown

    package var description: String {
        switch self {
        case .exited(let code): "exit status \(code)"
        case .unknown: "an unknown status"
        case .signalled(let signal): "signal \(signal)" + (Self.names[signal].map { " (\($0))" } ?? "")
        }
    }

    private static let names: [Int32: String] = [
        1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE",
        9: "SIGKILL", 11: "SIGSEGV", 13: "SIGPIPE", 15: "SIGTERM",
    ]
}
