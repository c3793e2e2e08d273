import Foundation

/// A JSON text (RFC 8259) as a flat list of its values, each followed by those within it. Strings and numbers are read when they are
/// asked for.
package final class JSONTape {
    enum Kind: UInt8 { case null, no, yes, integer, number, string, escaped, list, object }

    /// A value; in an object, a name comes before each.
    struct Value {
        var kind: Kind
        /// Of its text, without quotes.
        var start: UInt32
        var end: UInt32
        /// The index after the last value within it.
        var next: UInt32
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    let values: [Value]
    /// Whether Foundation might read something else, or nothing.
    @exclusivity(unchecked) package private(set) var isUnsure = false

    /// - Parameter bytes: must outlive this.
    /// - Returns: nil if it is not JSON, or JSON with something that readers disagree about.
    package init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        var scanner = TapeScanner(bytes)
        guard bytes.count < UInt32.max, scanner.scanAll() else { return nil }
        self.bytes = bytes
        values = scanner.values
    }

    /// Leaves everything to Foundation.
    func giveUp() { isUnsure = true }

    // MARK: Reading values

    package func string(_ index: Int) -> String? {
        let value = values[index]
        switch value.kind {
        case .string: return String(decoding: text(value), as: UTF8.self)
        case .escaped: return unescaped(text(value))
        default: return nil
        }
    }

    package func integer(_ index: Int) -> Int? {
        let value = values[index]
        guard value.kind == .integer || value.kind == .number else { return nil }
        let text = text(value)
        // 1.0 is an integer to Foundation, and longer numbers may be too large.
        guard value.kind == .integer, text.count < 19 else { return unsure() }
        var number = 0
        for byte in text where byte != UInt8(ascii: "-") { number = number * 10 + Int(byte &- 0x30) }
        return text.first == UInt8(ascii: "-") ? -number : number
    }

    package func number(_ index: Int) -> Double? {
        let value = values[index]
        guard value.kind == .integer || value.kind == .number else { return nil }
        let text = text(value)
        // What is or becomes 0, or infinite, is not read in the same way by all.
        if value.kind == .integer, text.count < 16, let number = integer(index), number != 0 { return Double(number) }
        guard let number = Double(Substring(decoding: text, as: UTF8.self)), number.isFinite, number != 0 else {
            return text.elementsEqual("0".utf8) || text.elementsEqual("0.0".utf8) ? 0 : unsure()
        }
        return number
    }

    func bool(_ index: Int) -> Bool? {
        switch values[index].kind {
        case .yes: true
        case .no: false
        default: nil
        }
    }

    func isNull(_ index: Int) -> Bool { values[index].kind == .null }

    /// The index of the value of a field; nil if there is none, or this is no object.
    package func field(_ name: String, of object: Int) -> Int? {
        guard values[object].kind == .object else { return nil }
        var name = name
        return name.withUTF8 { name in
            var index = object + 1
            let end = Int(values[object].next)
            while index < end {
                let value = values[index]
                if Int(value.end - value.start) == name.count, isEqual(value, name) { return index + 1 }
                index = Int(values[index + 1].next)
            }
            return nil
        }
    }

    /// The indices of the elements of a list; nil if this is no list.
    package func elements(of list: Int) -> Elements? {
        let value = values[list]
        return value.kind == .list ? Elements(tape: self, index: list + 1, end: Int(value.next)) : nil
    }

    package struct Elements: Sequence, IteratorProtocol {
        fileprivate let tape: JSONTape
        fileprivate var index: Int
        fileprivate let end: Int

        package mutating func next() -> Int? {
            guard index < end else { return nil }
            defer { index = Int(tape.values[index].next) }
            return index
        }
    }

    /// nil if this is no list, or one with other elements.
    func integers(_ list: Int) -> [Int]? {
        guard let elements = elements(of: list) else { return nil }
        var integers: [Int] = []
        for element in elements {
            guard let integer = integer(element) else { return nil }
            integers.append(integer)
        }
        return integers
    }

    private func isEqual(_ value: Value, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let text = text(value).baseAddress, let name = name.baseAddress else { return value.start == value.end }
        return memcmp(text, name, Int(value.end - value.start)) == 0
    }

    private func text(_ value: Value) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[Int(value.start)..<Int(value.end)])
    }

    /// Leaves everything to Foundation, in place of a result.
    package func unsure<Result>() -> Result? {
        giveUp()
        return nil
    }

    private func unescaped(_ text: UnsafeBufferPointer<UInt8>) -> String? {
        guard let base = bytes.baseAddress, let start = text.baseAddress else { return unsure() }
        var place = start - base
        let end = place + text.count
        // No character is longer in UTF-8 than its escape.
        return String(unsafeUninitializedCapacity: text.count) { result in
            var length = 0
            func take(_ utf8: some Collection<UInt8>) {
                _ = result[length...].initialize(fromContentsOf: utf8)
                length += utf8.count
            }
            while place < end {
                let stop = bytes.next(UInt8(ascii: "\\"), from: place, to: end) ?? end
                take(bytes[place..<stop])
                place = end
                guard stop < end else { break }
                guard let escape = TapeScanner.escape(in: bytes, at: stop), let utf8 = UTF8.encode(escape.scalar)
                else {
                    giveUp()
                    break
                }
                take(utf8)
                place = escape.end
            }
            return length
        }
    }
}
