import Support

/// A failure of an engine's process, with its log.
package struct EngineError: ProgramError, Hashable {
    package enum Code: String, Sendable, Hashable {
        /// No process could be started: the program is missing, the directory is wrong, or the log is not writable.
        case cannotLaunch = "cannot-launch"
        /// The process ended before it was ready.
        case diedDuringStart = "died-during-start"
        /// The process ended before it was ready, for lack of memory.
        case noMemory = "no-memory"
        /// The log had no new line for too long during the start.
        case silentDuringStart = "silent-during-start"
        /// Every port that was tried was taken by another process.
        case noPort = "no-port"
        /// The process ended after it was ready.
        case died
        /// A server that others run is not vLLM.
        case wrongServer = "wrong-server"
        /// A request that needs a ready engine.
        case notReady = "not-ready"
        /// The engine was stopped while it was starting, or during a request.
        case stopped
    }

    package let code: Code
    package let engine: String
    /// What happened, in one sentence without a full stop.
    package let message: String
    /// What to do about it, in whole sentences; nil if nothing is known that helps.
    package let remedy: String?
    package var exit: ExitStatus?
    /// For a process that ended before it was ready: whether another start would fail in the same way.
    package var isExplained = false
    package var logPath: String?
    /// The last lines of the log.
    package var logTail: [String] = []

    package init(
        _ code: Code, engine: String, _ message: String, remedy: String? = nil, exit: ExitStatus? = nil,
        logPath: String? = nil, logTail: [String] = []
    ) {
        self.code = code
        self.engine = engine
        self.message = message
        self.remedy = remedy
        self.exit = exit
        self.logPath = logPath
        self.logTail = logTail
    }

    package var explanation: Explanation {
        Explanation("engine-\(code.rawValue)", .engine, summary, remedy: remedy)
    }

    /// The message, the path of the log, and its last lines.
    private var summary: String {
        var text = "engine \(engine): \(message)"
        if let logPath { text += "\n  log: \(logPath)" }
        for line in logTail { text += "\n  | \(line)" }
        return text
    }
}
