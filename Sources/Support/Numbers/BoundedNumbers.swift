/// Saturating arithmetic for numbers from outside the program: files, flags, the environment, responses of servers.
/// Overflow gives the largest number instead of a trap.
extension Int {
    /// The nearest integer, clamped to the type's range; 0 for NaN.
    package init(bounding number: Double) {
        if number.isNaN { self = 0 } else { self = Int(exactly: number.rounded()) ?? (number < 0 ? .min : .max) }
    }

    /// Bytes of memory reported from outside: never negative, and small enough that sums cannot overflow.
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
    /// A time span in seconds from outside: never negative, and at most about thirty years.
    package static func seconds(bounding seconds: Double) -> Duration {
        .seconds(seconds.isNaN ? 0 : Swift.min(Swift.max(0, seconds), longest))
    }

    /// The longest time span that a setting may have, in seconds.
    package static let longest = 1e9
}
