import Logging
import Terminal

/// Shows warnings of the engines' keeper among the lines of the run.
struct ProgressLogHandler: LogHandler {
    let display: ProgressDisplay
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.warning

    func log(event: LogEvent) {
        let details = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let tail = details.map { " \($0.key)=\($0.value)" }.joined()
        display.say("! \(event.message)\(tail)", .yellow)
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}
