import Foundation

/// Reads what Foundation's `JSONDecoder` reads, from a flat list of values instead of dictionaries of them.
///
/// It reads less: what is rare, wrong or understood in different ways is left to Foundation, which also knows the words for errors.
struct DirectDecoder: Decoder {
    fileprivate let tape: JSONTape
    /// Index of the value that it decodes.
    fileprivate let value: Int

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// - Returns: nil if Foundation has to decide.
    static func decode<Value: Decodable>(_ type: Value.Type, from bytes: UnsafeBufferPointer<UInt8>) -> Value? {
        guard let tape = JSONTape(bytes), let value = try? DirectDecoder(tape: tape, value: 0).read(type),
            !tape.isUnsure
        else { return nil }
        return value
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try expect(.object)
        return KeyedDecodingContainer(Fields(decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try expect(.list)
        return Elements(decoder: self)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { Single(decoder: self) }

    private func expect(_ kind: JSONTape.Kind) throws {
        guard tape.values[value].kind == kind else { throw Self.mismatch }
    }

    // MARK: Values

    fileprivate func at(_ value: Int) -> DirectDecoder { DirectDecoder(tape: tape, value: value) }

    fileprivate func read<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if type == [Int].self { return try require(tape.integers(value) as? Value) }
        if Foreign.contains(type) { return try require(tape.unsure()) }
        return try type.init(from: self)
    }

    fileprivate func require<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw Self.mismatch }
        return value
    }

    fileprivate func string() throws -> String { try require(tape.string(value)) }
    fileprivate func bool() throws -> Bool { try require(tape.bool(value)) }
    fileprivate func number() throws -> Double { try require(tape.number(value)) }
    fileprivate func integer<Integer: FixedWidthInteger>() throws -> Integer {
        try require(Integer(exactly: try require(tape.integer(value))) ?? tape.unsure())
    }

    /// It is never shown: Foundation decodes the same again, and says what is wrong.
    fileprivate static let mismatch = DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: [], debugDescription: "another kind of value"))
}

private struct Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: DirectDecoder
    var codingPath: [any CodingKey] { [] }

    private func find(_ key: Key) -> DirectDecoder? {
        decoder.tape.field(key.stringValue, of: decoder.value).map(decoder.at)
    }

    private func at(_ key: Key) throws -> DirectDecoder { try decoder.require(find(key)) }

    var allKeys: [Key] {
        var keys: [Key] = []
        let tape = decoder.tape
        var index = decoder.value + 1
        while index < tape.values[decoder.value].next {
            if let name = tape.string(index), let key = Key(stringValue: name) { keys.append(key) }
            index = Int(tape.values[index + 1].next)
        }
        // Each is searched for, and of two with the same name only one counts.
        if keys.count > 32 || Set(keys.map(\.stringValue)).count < keys.count { tape.giveUp() }
        return keys
    }

    func contains(_ key: Key) -> Bool { find(key) != nil }
    func decodeNil(forKey key: Key) throws -> Bool { try at(key).isNull }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try at(key).bool() }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try at(key).integer() }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try at(key).number() }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try at(key).string() }
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try at(key).read(type) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { try at(key).container(keyedBy: type) }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try at(key).unkeyedContainer()
    }
    func superDecoder() throws -> any Decoder { try decoder.require(decoder.tape.unsure()) }
    func superDecoder(forKey key: Key) throws -> any Decoder { try decoder.require(decoder.tape.unsure()) }
}

private struct Elements: UnkeyedDecodingContainer {
    let decoder: DirectDecoder
    private var next: Int
    private(set) var currentIndex = 0
    var codingPath: [any CodingKey] { [] }
    /// Not counted ahead.
    var count: Int? { nil }

    init(decoder: DirectDecoder) {
        self.decoder = decoder
        next = decoder.value + 1
    }

    var isAtEnd: Bool { next >= decoder.tape.values[decoder.value].next }

    /// Steps over an element that could be read.
    private mutating func take<Value>(_ read: (DirectDecoder) throws -> Value) throws -> Value {
        guard !isAtEnd else { return try decoder.require(decoder.tape.unsure()) }
        let value = try read(decoder.at(next))
        next = Int(decoder.tape.values[next].next)
        currentIndex += 1
        return value
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd else { return try decoder.require(decoder.tape.unsure()) }
        guard decoder.at(next).isNull else { return false }
        return try take { _ in true }
    }
    mutating func decode(_ type: Bool.Type) throws -> Bool { try take { try $0.bool() } }
    mutating func decode(_ type: Int.Type) throws -> Int { try take { try $0.integer() } }
    mutating func decode(_ type: Double.Type) throws -> Double { try take { try $0.number() } }
    mutating func decode(_ type: String.Type) throws -> String { try take { try $0.string() } }
    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try take { try $0.read(type) } }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested>
    { try take { try $0.container(keyedBy: type) } }
    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try take { try $0.unkeyedContainer() }
    }
    mutating func superDecoder() throws -> any Decoder { try decoder.require(decoder.tape.unsure()) }
}

private struct Single: SingleValueDecodingContainer {
    let decoder: DirectDecoder
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { decoder.isNull }
    func decode(_ type: Bool.Type) throws -> Bool { try decoder.bool() }
    func decode(_ type: String.Type) throws -> String { try decoder.string() }
    func decode(_ type: Double.Type) throws -> Double { try decoder.number() }
    func decode(_ type: Float.Type) throws -> Float { try decoder.require(decoder.tape.unsure()) }
    func decode(_ type: Int.Type) throws -> Int { try decoder.integer() }
    func decode(_ type: Int8.Type) throws -> Int8 { try decoder.integer() }
    func decode(_ type: Int16.Type) throws -> Int16 { try decoder.integer() }
    func decode(_ type: Int32.Type) throws -> Int32 { try decoder.integer() }
    func decode(_ type: Int64.Type) throws -> Int64 { try decoder.integer() }
    func decode(_ type: UInt.Type) throws -> UInt { try decoder.integer() }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try decoder.integer() }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try decoder.integer() }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try decoder.integer() }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try decoder.integer() }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try decoder.read(type) }
}

extension DirectDecoder {
    fileprivate var isNull: Bool { tape.isNull(value) }
}
