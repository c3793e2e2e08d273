import Logging

/// Shows log messages of ModelLifecycle among the lines of the run: warnings, and notices in plain text.
struct ProgressLogHandler: LogHandler {
    let display: ProgressDisplay
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.notice

    func log(event: LogEvent) {
        let details = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let tail = details.map { " \($0.key)=\($0.value)" }.joined()
        if event.level < .warning {
            display.say("\(event.message)\(tail)")
        } else {
            display.say("! \(event.message)\(tail)", .yellow)
        }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}
