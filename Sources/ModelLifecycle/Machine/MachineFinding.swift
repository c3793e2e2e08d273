/// Something about a machine or what is installed there, and what to do about it.
package struct MachineFinding: Sendable, Hashable, Encodable {
    package enum Severity: String, Sendable, Encodable, CaseIterable {
        /// As it should be.
        case fine = "ok"
        /// Worth knowing; nothing needs to be done.
        case note
        /// A run works, but worse than it could, or may fail later.
        case warning
        /// A run cannot work.
        case error
    }

    package var severity: Severity
    /// What it is about, in a word: `GPU`, `vLLM`, `disk`.
    package var topic: String
    /// One sentence without a full stop.
    package var text: String
    /// What to do, in whole sentences.
    package var remedy: String?

    package init(_ severity: Severity, _ topic: String, _ text: String, remedy: String? = nil) {
        (self.severity, self.topic, self.text, self.remedy) = (severity, topic, text, remedy)
    }
}
