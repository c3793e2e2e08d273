import Foundation
import TestSupport

/// When to kill a runner.
package struct KillMoment: CustomStringConvertible {
    package enum Sign {
        /// Since its start.
        case time(milliseconds: Int)
        /// Lines of progress on its standard error.
        case messages(Int)
        /// Growths of the journal: engines are up or just come, answers arrive.
        case journal(Int)
        /// Growths of the ledger: engines are started and stopped.
        case ledger(Int)
    }

    package let sign: Sign
    /// After the sign.
    package let microseconds: Int

    /// - Parameters:
    ///   - kind: counts through the kinds of signs.
    ///   - longest: milliseconds since the start, of that kind.
    package init(kind: Int, longest: Int = 1500, using random: inout SeededRandom) {
        switch kind % 4 {
        case 0: sign = .time(milliseconds: .random(in: 1...longest, using: &random))
        case 1: sign = .messages(.random(in: 1...16, using: &random))
        case 2: sign = .journal(.random(in: 1...12, using: &random))
        default: sign = .ledger(.random(in: 1...10, using: &random))
        }
        microseconds = .random(in: 0...20_000, using: &random)
    }

    /// Waits for the moment.
    ///
    /// - Returns: whether it came before the runner ended.
    package func comes(to runner: RunnerProcess, of job: RunnerJob<some JobSource>) async -> Bool {
        switch sign {
        case .time(let milliseconds): try? await Task.sleep(for: .milliseconds(milliseconds))
        case .messages(let count):
            guard await runner.reached({ runner.standardError.utf8.count { $0 == UInt8(ascii: "\n") } >= count })
            else { return false }
        case .journal(let count): guard await grows(job.directory.journal, count, runner) else { return false }
        case .ledger(let count): guard await grows(job.directory.engines, count, runner) else { return false }
        }
        // An odd number of microseconds is what makes the moment a random one; nothing is waited for.
        usleep(UInt32(microseconds))
        return runner.isRunning
    }

    private func grows(_ file: URL, _ count: Int, _ runner: RunnerProcess) async -> Bool {
        var size = Self.size(of: file)
        var growths = 0
        return await runner.reached {
            let now = Self.size(of: file)
            if now != size { growths += 1 }
            size = now
            return growths >= count
        }
    }

    private static func size(of file: URL) -> Int {
        var status = stat()
        return stat(file.path, &status) == 0 ? Int(status.st_size) : 0
    }

    package var description: String { "\(sign) + \(microseconds) µs" }
}
