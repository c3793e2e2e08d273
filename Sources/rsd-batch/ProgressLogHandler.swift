import Logging
import Terminal

/// Shows log messages of ModelLifecycle among the lines of the run: warnings, and notices in plain text.
struct ProgressLogHandler: LogHandler {
    /// Shows a line among those of the run.
    let say: @Sendable (String, Style) -> Void
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.notice

    func log(event: LogEvent) {
        let details = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let tail = details.map { " \($0.key)=\($0.value)" }.joined()
        if event.level < .warning {
            say("\(event.message)\(tail)", .plain)
        } else {
            say("! \(event.message)\(tail)", .yellow)
        }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}
