/// Writes what Foundation's `JSONEncoder` writes with sorted keys and slashes as they are, byte by byte and without the tree of
/// objects that makes that one slow.
struct DirectEncoder: Encoder {
    fileprivate let sink: JSONSink
    /// Number of the value that it encodes.
    fileprivate let frame: Int

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(_ sink: JSONSink, frame: Int) {
        self.sink = sink
        self.frame = frame
    }

    /// - Returns: nil for what is rare, such as numbers that are not finite: Foundation has to write that.
    static func encode(_ value: some Encodable) throws -> [UInt8]? {
        let sink = JSONSink()
        try sink.write(value)
        return sink.isUnsure ? nil : sink.bytes
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        sink.beginObject(frame)
        return KeyedEncodingContainer(Fields(encoder: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        sink.beginList(frame)
        return Elements(encoder: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { Single(encoder: self) }

    /// - Parameter write: writes the object's fields.
    func wholeObject(_ write: (JSONSink) throws -> Void) rethrows {
        sink.beginValue(frame)
        try sink.braced { try write(sink) }
    }
}

private struct Fields<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: DirectEncoder
    var codingPath: [any CodingKey] { [] }

    private func write(_ key: Key, _ value: (JSONSink) throws -> Void) rethrows {
        try encoder.sink.field(key.stringValue, encoder.frame) { try value(encoder.sink) }
    }

    mutating func encodeNil(forKey key: Key) { write(key) { $0.null() } }
    mutating func encode(_ value: Bool, forKey key: Key) { write(key) { $0.bool(value) } }
    mutating func encode(_ value: Int, forKey key: Key) { write(key) { $0.integer(value) } }
    mutating func encode(_ value: Double, forKey key: Key) { write(key) { $0.number(value) } }
    mutating func encode(_ value: String, forKey key: Key) { write(key) { $0.string(value) } }
    mutating func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        try write(key) { try $0.write(value) }
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> { encoder.elsewhere.container(keyedBy: type) }
    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        encoder.elsewhere.unkeyedContainer()
    }
    mutating func superEncoder() -> any Encoder { encoder.elsewhere }
    mutating func superEncoder(forKey key: Key) -> any Encoder { encoder.elsewhere }
}

private struct Elements: UnkeyedEncodingContainer {
    let encoder: DirectEncoder
    private(set) var count = 0
    var codingPath: [any CodingKey] { [] }

    private mutating func write(_ value: (JSONSink) throws -> Void) rethrows {
        try encoder.sink.element(encoder.frame) { try value(encoder.sink) }
        count += 1
    }

    mutating func encodeNil() { write { $0.null() } }
    mutating func encode(_ value: Bool) { write { $0.bool(value) } }
    mutating func encode(_ value: Int) { write { $0.integer(value) } }
    mutating func encode(_ value: Double) { write { $0.number(value) } }
    mutating func encode(_ value: String) { write { $0.string(value) } }
    mutating func encode<Value: Encodable>(_ value: Value) throws { try write { try $0.write(value) } }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        encoder.elsewhere.container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder.elsewhere.unkeyedContainer() }
    mutating func superEncoder() -> any Encoder { encoder.elsewhere }
}

private struct Single: SingleValueEncodingContainer {
    let encoder: DirectEncoder
    var codingPath: [any CodingKey] { [] }

    private func write(_ value: (JSONSink) throws -> Void) rethrows {
        encoder.sink.beginValue(encoder.frame)
        try value(encoder.sink)
    }

    mutating func encodeNil() { write { $0.null() } }
    mutating func encode(_ value: Bool) { write { $0.bool(value) } }
    mutating func encode(_ value: String) { write { $0.string(value) } }
    mutating func encode(_ value: Double) { write { $0.number(value) } }
    mutating func encode(_ value: Float) { write { $0.giveUp() } }
    mutating func encode(_ value: Int) { write { $0.integer(value) } }
    mutating func encode(_ value: Int8) { write { $0.integer(value) } }
    mutating func encode(_ value: Int16) { write { $0.integer(value) } }
    mutating func encode(_ value: Int32) { write { $0.integer(value) } }
    mutating func encode(_ value: Int64) { write { $0.integer(value) } }
    mutating func encode(_ value: UInt) { write { $0.integer(value) } }
    mutating func encode(_ value: UInt8) { write { $0.integer(value) } }
    mutating func encode(_ value: UInt16) { write { $0.integer(value) } }
    mutating func encode(_ value: UInt32) { write { $0.integer(value) } }
    mutating func encode(_ value: UInt64) { write { $0.integer(value) } }
    mutating func encode<Value: Encodable>(_ value: Value) throws { try write { try $0.write(value) } }
}

extension DirectEncoder {
    /// For what is not written here: nested containers, which may be filled at any time.
    fileprivate var elsewhere: DirectEncoder {
        sink.giveUp()
        let sink = JSONSink()
        return DirectEncoder(sink, frame: sink.begin())
    }
}
