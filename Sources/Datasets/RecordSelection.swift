import Support

/// The records of a file that are used, and their order: shuffled first, then `start`, then `limit`.
enum RecordSelection: Equatable {
    case range(Range<Int>)
    /// The index of each record among the problems; nil for unused records.
    case shuffled([Int?])

    /// - Parameter limit: nil for all.
    init(start: Int, limit: Int?) {
        self = .range(start..<Self.end(start, limit))
    }

    /// - Parameter count: number of records in the file.
    init(shuffling count: Int, seed: UInt64, start: Int, limit: Int?) {
        var places = [Int?](repeating: nil, count: count)
        let used = Self.order(count, seed: seed)[min(start, count)..<min(Self.end(start, limit), count)]
        for (place, record) in used.enumerated() { places[record] = place }
        self = .shuffled(places)
    }

    /// The index among the problems of the record with the given index in the file, from 0.
    func place(of record: Int) -> Int? {
        switch self {
        case .range(let range): range.contains(record) ? record - range.lowerBound : nil
        case .shuffled(let places): places[record]
        }
    }

    /// The first index from which no record is used.
    var end: Int {
        switch self {
        case .range(let range): range.upperBound
        case .shuffled(let places): places.count
        }
    }

    private static func end(_ start: Int, _ limit: Int?) -> Int {
        let (end, overflows) = start.addingReportingOverflow(limit ?? .max)
        return overflows ? .max : end
    }

    /// Sorted by a hash of the seed and the record's number: the same on every machine and in every Swift version.
    private static func order(_ count: Int, seed: UInt64) -> [Int] {
        let keys = (0..<count).map { record in
            var hash = StableHash()
            hash.combine("shuffle")
            hash.combine(seed)
            hash.combine(UInt64(record))
            return hash.value
        }
        return (0..<count).sorted { (keys[$0], $0) < (keys[$1], $1) }
    }
}
