import Support

/// What went wrong with an engine's process: what happened, where to look, what to do.
package struct EngineError: ProgramError, Hashable {
    package enum Code: String, Sendable, Hashable {
        /// No process could be started: program missing, bad directory, log not writable.
        case cannotLaunch = "cannot-launch"
        /// The process ended before it was ready.
        case diedDuringStart = "died-during-start"
        /// The process ended before it was ready because there was not enough memory.
        case noMemory = "no-memory"
        /// The log said nothing new for too long during the start.
        case silentDuringStart = "silent-during-start"
        /// Every port that was tried was taken by somebody else.
        case noPort = "no-port"
        /// The process ended after it was ready.
        case died
        /// Asked for something that needs a ready engine.
        case notReady = "not-ready"
        /// Stopped while it was starting, or while a request ran.
        case stopped
    }

    package let code: Code
    package let engine: String
    /// One sentence.
    package let message: String
    package var exit: ExitStatus?
    /// Of a process that ended before it was ready: whether it would end so again.
    package var isExplained = false
    package var logPath: String?
    /// The last lines of the log.
    package var logTail: [String] = []

    package init(
        _ code: Code, engine: String, _ message: String, exit: ExitStatus? = nil, logPath: String? = nil,
        logTail: [String] = []
    ) {
        self.code = code
        self.engine = engine
        self.message = message
        self.exit = exit
        self.logPath = logPath
        self.logTail = logTail
    }

    package var explanation: Explanation {
        Explanation("engine-\(code.rawValue)", .engine, description, remedy: nil)
    }

    package var description: String {
        var text = "engine \(engine): \(message)"
        if let logPath { text += "\n  log: \(logPath)" }
        for line in logTail { text += "\n  | \(line)" }
        return text
    }
}
