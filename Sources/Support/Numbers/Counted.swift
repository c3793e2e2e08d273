/// A count that is read from outside: never negative, and so small that sums of them fit.
@propertyWrapper
package struct Counted: Sendable, Hashable, Codable {
    package var wrappedValue: Int

    /// More than any run has tokens.
    package static let most = 1 << 40

    package init(wrappedValue: Int) {
        self.wrappedValue = wrappedValue
    }

    /// - Throws: `DecodingError` where the number is negative or absurd.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        wrappedValue = try container.decode(Int.self)
        guard (0...Self.most).contains(wrappedValue) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(wrappedValue) is no count")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}
