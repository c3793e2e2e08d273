import Decoding
import RunStore

/// Which engines were at work when, from the times in a journal.
package struct Busy {
    private var changes: [(time: Double, role: Role, change: Int)] = []

    package init(_ records: [JournalRecord]) {
        for record in records {
            guard let role = record.role, let asked = record.asked else { continue }
            changes.append((asked.begin, role, 1))
            changes.append((asked.begin + asked.seconds, role, -1))
        }
        changes.sort { $0.time < $1.time }
    }

    /// Seconds in which so many engines or more had a request in flight.
    package func seconds(atLeast count: Int) -> Double {
        var open: [Role: Int] = [:]
        var total = 0.0
        var last = 0.0
        for change in changes {
            if open.values.count(where: { $0 > 0 }) >= count { total += change.time - last }
            open[change.role, default: 0] += change.change
            last = change.time
        }
        return total
    }
}
