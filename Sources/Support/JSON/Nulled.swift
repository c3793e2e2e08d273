/// An optional that is written as `null` where there is nothing, and not left out: "no answer" is a fact of its own. Read as any
/// optional: absent or `null`.
@propertyWrapper
package struct Nulled<Value> {
    package var wrappedValue: Value?

    package init(wrappedValue: Value? = nil) {
        self.wrappedValue = wrappedValue
    }
}

extension Nulled: Sendable where Value: Sendable {}
extension Nulled: Equatable where Value: Equatable {}

extension Nulled: Encodable where Value: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}

extension Nulled: Decodable where Value: Decodable {
    package init(from decoder: any Decoder) throws {
        wrappedValue = try decoder.singleValueContainer().decode(Value?.self)
    }
}

extension KeyedDecodingContainer {
    /// What synthesised `init(from:)` calls for such a property.
    package func decode<Value: Decodable>(_: Nulled<Value>.Type, forKey key: Key) throws -> Nulled<Value> {
        Nulled(wrappedValue: try decodeIfPresent(Value.self, forKey: key))
    }
}
