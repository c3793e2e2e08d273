/// Arithmetic on numbers that come from outside the program: files, flags, the environment, answers of servers. It ends at the
/// largest number rather than trap.
extension Int {
    /// The whole number nearest to another, within what fits; 0 for what is no number.
    package init(bounding number: Double) {
        if number.isNaN { self = 0 } else { self = Int(exactly: number.rounded()) ?? (number < 0 ? .min : .max) }
    }

    /// Bytes of memory as somebody else counts them: never negative, and so few that sums of them fit.
    package init(memory count: some BinaryInteger, unit: Int = 1) {
        self = Swift.min(Swift.max(0, Int(clamping: count).times(unit)), 1 << 50)
    }

    package func plus(_ other: Int) -> Int {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? (other < 0 ? .min : .max) : sum
    }

    package func times(_ other: Int) -> Int {
        let (product, overflows) = multipliedReportingOverflow(by: other)
        return overflows ? ((self < 0) == (other < 0) ? .max : .min) : product
    }
}

extension Sequence<Int> {
    package func sum() -> Int { reduce(0) { $0.plus($1) } }
    package func product() -> Int { reduce(1) { $0.times($1) } }
}

extension Duration {
    /// A span of seconds from outside: never negative, and at most some thirty years.
    package static func seconds(bounding seconds: Double) -> Duration {
        .seconds(seconds.isNaN ? 0 : Swift.min(Swift.max(0, seconds), longest))
    }

    /// The longest time that a setting may name, in seconds.
    package static let longest = 1e9
}
