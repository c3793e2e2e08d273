import Foundation
import OrderedCollections

extension JSONValue {
    /// The value as every JSON reader reads it: numbers without superfluous zeros; as text, numbers that would lose
    /// digits and infinities; null in place of NaN.
    package var portable: JSONValue {
        switch self {
        case .string, .bool, .null: self
        case .number(let spelling): Self.portableNumber(spelling)
        case .notANumber("NaN"): .null
        case .notANumber(let word): .string(word)
        case .list(let elements): .list(elements.map(\.portable))
        case .object(let fields): .object(fields.mapValues(\.portable))
        }
    }

    /// Digits that a `Decimal` keeps.
    private static let mostDigits = 38

    private static func portableNumber(_ spelling: String) -> JSONValue {
        let hasExponent = spelling.utf8.contains { [UInt8(ascii: "e"), UInt8(ascii: "E")].contains($0) }
        if !hasExponent, spelling.utf8.count(where: { (0x30...0x39).contains($0) }) <= mostDigits,
            let exact = Decimal(string: spelling)
        {
            return .number(exact.description)
        }
        let isInteger = !hasExponent && !spelling.utf8.contains(UInt8(ascii: "."))
        guard !isInteger, let number = Double(spelling), number.isFinite else { return .string(spelling) }
        return .number(number.description)
    }
}

extension JSONValue: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let text = try? container.decode(String.self) {
            self = .string(text)
        } else if let truth = try? container.decode(Bool.self) {
            self = .bool(truth)
        } else if let number = try? container.decode(Decimal.self) {
            self = .number(number.description)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number.description)
        } else if let elements = try? container.decode([JSONValue].self) {
            self = .list(elements)
        } else {
            let fields = try container.decode([String: JSONValue].self)
            self = .object(OrderedDictionary(uniqueKeysWithValues: fields.sorted { $0.key < $1.key }))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch portable {
        case .string(let text), .notANumber(let text): try container.encode(text)
        case .bool(let truth): try container.encode(truth)
        case .null: try container.encodeNil()
        case .list(let elements): try container.encode(elements)
        case .object(let fields):
            try container.encode(Dictionary(uniqueKeysWithValues: fields.map { ($0.key, $0.value) }))
        case .number(let spelling):
            if let exact = Decimal(string: spelling), exact.description == spelling {
                try container.encode(exact)
            } else {
                try container.encode(Double(spelling))
            }
        }
    }
}
