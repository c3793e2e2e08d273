import Foundation
import ModelLifecycle

/// A start of an engine, as the ledger of a run tells of it.
package struct LedgerStart: Sendable {
    package var tag: String
    package var engine: String
    package var pid: pid_t?
    package var isStopped = false
    package var isForkServer: Bool { engine == "fork-server" }

    private struct Line: Decodable {
        var event: String
        var tag: String
        var engine: String?
        var pid: Int32?
    }

    /// In the order of the starts.
    package static func all(ledger: Data) -> [LedgerStart] {
        var starts: [LedgerStart] = []
        for text in ledger.split(separator: UInt8(ascii: "\n")) {
            guard let line = try? JSONDecoder().decode(Line.self, from: text) else { continue }
            let index = starts.firstIndex { $0.tag == line.tag }
            switch (line.event, index) {
            case ("intent", _): starts.append(LedgerStart(tag: line.tag, engine: line.engine ?? "?"))
            case ("started", let index?): starts[index].pid = line.pid
            case ("stopped", let index?): starts[index].isStopped = true
            default: break
            }
        }
        return starts
    }
}
