import Foundation
import Runner

/// What a terminal shows of a run in one or several parts: lasting lines, and below them a block that is redrawn in place.
package protocol ProgressView: Sendable {
    /// - Parameter part: from 0.
    mutating func take(_ event: RunEvent, of part: Int, at seconds: Double)
    /// Adds a message to the lasting lines.
    ///
    /// - Parameter part: nil if it concerns all.
    mutating func say(_ message: String, _ style: Style, of part: Int?)
    /// Returns the lasting lines that have not been taken yet.
    mutating func takeLasting(width: Int) -> [Line]
    /// The block at a moment: no line wider than `width`, and no more lines than fit into `height`.
    func block(width: Int, height: Int, at seconds: Double) -> [Line]
}

/// The same as timestamped lines, for output that is not a terminal.
package protocol ProgressLog: Sendable {
    /// - Parameter part: from 0.
    mutating func take(_ event: RunEvent, of part: Int, at seconds: Double, date: Date)
    /// - Parameter part: nil if it concerns all.
    mutating func say(_ message: String, of part: Int?, date: Date)
    mutating func takeLines() -> [String]
}

extension RunView: ProgressView {
    package mutating func take(_ event: RunEvent, of part: Int, at seconds: Double) { take(event, at: seconds) }
    package mutating func say(_ message: String, _ style: Style, of part: Int?) { say(message, style) }
}

extension PlainLog: ProgressLog {
    package mutating func take(_ event: RunEvent, of part: Int, at seconds: Double, date: Date) {
        take(event, at: seconds, date: date)
    }
    package mutating func say(_ message: String, of part: Int?, date: Date) { say(message, date: date) }
}

extension FleetView: ProgressView {}
extension FleetLog: ProgressLog {}
