/// A count from outside the program: never negative, and small enough that sums cannot overflow.
@propertyWrapper
package struct Counted: Sendable, Hashable, Codable {
    package var wrappedValue: Int

    /// More tokens than any run has.
    package static let most = 1 << 40

    package init(wrappedValue: Int) {
        self.wrappedValue = wrappedValue
    }

    /// - Returns: nil if the number is negative or too large.
    package init?(checking number: Int) {
        guard (0...Self.most).contains(number) else { return nil }
        wrappedValue = number
    }

    /// - Throws: `DecodingError` if the number is negative or too large.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let number = try container.decode(Int.self)
        guard let count = Counted(checking: number) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(number) is not a valid count")
        }
        self = count
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}

/// A ``Counted`` that is left out where it is 0.
@propertyWrapper
package struct CountedIfAny: Sendable, Hashable, Codable {
    package var wrappedValue: Int

    package init(wrappedValue: Int) {
        self.wrappedValue = wrappedValue
    }

    package init(from decoder: any Decoder) throws { wrappedValue = try Counted(from: decoder).wrappedValue }

    package func encode(to encoder: any Encoder) throws { try Counted(wrappedValue: wrappedValue).encode(to: encoder) }
}

extension KeyedDecodingContainer {
    /// What synthesised `init(from:)` calls for such a property.
    package func decode(_: CountedIfAny.Type, forKey key: Key) throws -> CountedIfAny {
        try decodeIfPresent(CountedIfAny.self, forKey: key) ?? CountedIfAny(wrappedValue: 0)
    }
}

extension KeyedEncodingContainer {
    /// What synthesised `encode(to:)` calls for such a property.
    package mutating func encode(_ count: CountedIfAny, forKey key: Key) throws {
        try encodeIfPresent(count.wrappedValue == 0 ? nil : count.wrappedValue, forKey: key)
    }
}
