import Foundation
@testable import Support
import TestSupport
import Testing

/// Foundation's JSON is what holds: own code may only be faster.
@Suite("JSON without detours") struct DirectJSONTests {
    private let foundation = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()

    @Test("it writes the bytes that Foundation writes, and reads them back")
    func sameBytes() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<2000 {
            let tree = Tree.random(&random, depth: 4)
            let expected = try foundation.encode(tree)
            #expect(try DirectEncoder.encode(tree).map { Data($0) } == expected)
            let read = direct(Tree.self, expected)
            #expect(try read ?? JSONDecoder().decode(Tree.self, from: expected) == tree)
        }
    }

    @Test("what it reads of damaged JSON is what Foundation reads, or nothing")
    func damagedText() throws {
        var random = SeededRandom(seed: 2)
        let pieces = Array(#"{}[]",:\u0tfn1e.-+ "#.utf8) + [0, 0x0A, 0x1F, 0x7F, 0x80, 0xC3, 0xED, 0xFF]
        var read = 0
        for _ in 0..<5000 {
            var text = try foundation.encode(Tree.random(&random, depth: 3))
            for _ in 0..<Int.random(in: 1...3, using: &random) where !text.isEmpty {
                let place = Int.random(in: 0..<text.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: text[place] = pieces.randomElement(using: &random) ?? 0
                case 1: text.insert(pieces.randomElement(using: &random) ?? 0, at: place)
                default: text.remove(at: place)
                }
            }
            guard let tree = direct(Tree.self, text) else { continue }
            read += 1
            #expect(
                (try? JSONDecoder().decode(Tree.self, from: text)) == tree, "\(String(decoding: text, as: UTF8.self))")
        }
        #expect(read > 100)
    }

    @Test(
        "numbers are the same, whatever their spelling",
        arguments: [
            "0", "-0", "0.0", "-0.0", "1.0", "1e2", "1E-2", "1e400", "1e-400", "9223372036854775807",
            "9223372036854775808",
            "123456789012345678", "0.1", "0.30000000000000004", "5e-324", "2.2250738585072011e-308", "01", "1.", ".5",
            "+1",
            "true", "null", "\"1\"", "12345678901234567890123",
        ])
    func numbers(_ spelling: String) {
        let text = Data("[\(spelling)]".utf8)
        if let number = direct([Double].self, text) {
            #expect((try? JSONDecoder().decode([Double].self, from: text)) == number)
        }
        if let number = direct([Int].self, text) {
            #expect((try? JSONDecoder().decode([Int].self, from: text)) == number)
        }
        #expect(
            (try? JSONText.decode([Int].self, from: text)) == (try? JSONDecoder().decode([Int].self, from: text)))
        #expect(
            (try? JSONText.decode([UInt8?].self, from: text)) == (try? JSONDecoder().decode([UInt8?].self, from: text)))
    }

    @Test(
        "strings with every character and every escape are read",
        arguments: [
            #""\"\\\/\b\f\n\r\té😀\u00e9\uD83D\ude00""#, #""\ud800""#, #""\udc00\ud800""#, #""\q""#, "\"\u{1}\"",
            #""\u00G0""#,
            #""\u+123""#, "\"é\u{2028}\u{feff}\"", "\"", #""\"#, #""\u12"#,
        ])
    func strings(_ text: String) {
        let json = Data(text.utf8)
        if let read = direct(String.self, json) {
            #expect((try? JSONDecoder().decode(String.self, from: json)) == read)
        }
        #expect((try? JSONText.decode(String.self, from: json)) == (try? JSONDecoder().decode(String.self, from: json)))
    }

    @Test("an escape, a quote or a control character is found anywhere in a text")
    func specialCharacters() throws {
        for special in ["\\n", "\\\"", "\\\\", "\u{1}", "\u{1F}", "\"", "é", "\u{7F}", "字"] {
            for (before, after) in (0..<20).flatMap({ before in (0..<20).map { (before, $0) } }) {
                let text = String(repeating: "é", count: before % 3) + String(repeating: "~", count: before)
                let json = Data("[\"\(text)\(special)\(String(repeating: " !#[]", count: after))\"]".utf8)
                let expected = try? JSONDecoder().decode([String].self, from: json)
                #expect(direct([String].self, json) == expected, "\(before) \(special) \(after)")
            }
        }
    }

    @Test("of two fields with a name, both read the same one")
    func duplicates() throws {
        struct Pair: Codable, Equatable { var a: Int }
        let text = Data(#"{"a":1,"b":{"a":3},"a":2}"#.utf8)
        #expect(direct(Pair.self, text) == Pair(a: 1))
        #expect(try JSONDecoder().decode(Pair.self, from: text) == Pair(a: 1))
        #expect(try JSONText.decode([String: Int].self, from: Data(#"{"a":1,"a":2}"#.utf8)) == ["a": 1])
    }

    @Test("types of Foundation, nested containers, large objects and what cannot be written are left to Foundation")
    func leftToFoundation() throws {
        let decimals = [Decimal(string: "1.50"), Decimal(string: "-0.00001")].compactMap(\.self)
        #expect(try DirectEncoder.encode(decimals) == nil)
        #expect(try JSONText.encode(decimals) == foundation.encode(decimals))
        #expect(try JSONText.decode([Decimal].self, from: Data("[1.50]".utf8)) == [Decimal(1.5)])
        #expect(try JSONText.encode(Nested()) == foundation.encode(Nested()))
        #expect(try JSONText.encode(Twice()) == foundation.encode(Twice()))
        #expect(throws: EncodingError.self) { try JSONText.encode([Double.nan]) }
        let many = Dictionary(uniqueKeysWithValues: (0..<100).map { ("\($0)", $0) })
        #expect(direct([String: Int].self, try foundation.encode(many)) == nil)
        #expect(try JSONText.decode([String: Int].self, from: JSONText.encode(many)) == many)
        let address = [URL(filePath: "/a b")]
        #expect(try JSONText.decode([URL].self, from: JSONText.encode(address)) == address)
    }

    @Test("errors are those of Foundation")
    func errors() {
        let error = #expect(throws: DecodingError.self) {
            try JSONText.decode([String: [Int]].self, from: Data(#"{"a":[1,"x"]}"#.utf8))
        }
        guard case .typeMismatch(_, let context) = error else { return #expect(Bool(false)) }
        #expect(context.codingPath.map(\.stringValue).first == "a")
    }

    private func direct<Value: Decodable>(_ type: Value.Type, _ json: Data) -> Value? {
        json.withUnsafeBytes { DirectDecoder.decode(type, from: $0.bindMemory(to: UInt8.self)) }
    }
}

/// All that JSON has.
private indirect enum Tree: Equatable {
    case null, bool(Bool), integer(Int), number(Double), string(String), integers([Int])
    case list([Tree]), object([String: Tree])

    static func random(_ random: inout SeededRandom, depth: Int) -> Tree {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &random) {
        case 0: .null
        case 1: .bool(.random(using: &random))
        case 2: .integer(Int.random(in: Int.min...Int.max, using: &random) >> Int.random(in: 0...63, using: &random))
        case 3:
            [.number(Double(bitPattern: .random(in: 0...(.max), using: &random))), .number(0.1), .number(-0.0)]
                .filter { if case .number(let number) = $0 { number.isFinite } else { true } }
                .randomElement(using: &random) ?? .number(1)
        case 4: .string(text(&random))
        case 5: .integers((0..<3).map { _ in Int.random(in: -1000...100_000, using: &random) })
        case 6:
            .list((0..<Int.random(in: 0...4, using: &random)).map { _ in Tree.random(&random, depth: depth - 1) })
        default:
            .object(
                Dictionary(
                    (0..<Int.random(in: 0...5, using: &random)).map { _ in
                        (text(&random), Tree.random(&random, depth: depth - 1))
                    }, uniquingKeysWith: { $1 }))
        }
    }

    private static func text(_ random: inout SeededRandom) -> String {
        let scalars: [Unicode.Scalar] = [
            "a", "b", "A", "_", "1", "/", "\"", "\\", "\n", "\u{8}", "\u{1f}", "\u{7f}", "é", "e",
            "\u{301}", "\u{2028}", "\u{feff}", "\u{ffff}", "😀", "ß", "\0",
        ]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...8, using: &random) { text.append(scalars.randomElement(using: &random) ?? "a") }
        return String(text)
    }
}

extension Tree: Codable {
    private enum Key: String, CodingKey { case zero, integers, null }

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let text = try? value.decode(String.self) {
            self = .string(text)
        } else if let integer = try? value.decode(Int.self) {
            self = .integer(integer)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if var elements = try? decoder.unkeyedContainer() {
            var list: [Tree] = []
            while !elements.isAtEnd { list.append(try elements.decode(Tree.self)) }
            self = .list(list)
        } else {
            self = .object(try value.decode([String: Tree].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .null: try value.encodeNil()
        case .bool(let bool): try value.encode(bool)
        case .integer(let integer): try value.encode(integer)
        case .number(let number): try value.encode(number)
        case .string(let text): try value.encode(text)
        case .integers(let integers): try value.encode(integers)
        case .list(let list):
            var elements = encoder.unkeyedContainer()
            for element in list { try elements.encode(element) }
        case .object(let fields): try value.encode(fields)
        }
    }

    /// As they are read: 1.0 is written as 1, and a list of integers is a list.
    static func == (left: Tree, right: Tree) -> Bool {
        switch (left.plain, right.plain) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.integer(let a), .integer(let b)): a == b
        case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
        case (.list(let a), .list(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: false
        }
    }

    private var plain: Tree {
        switch self {
        case .integers(let integers): .list(integers.map { .integer($0) })
        case .number(let number): Int(exactly: number).map { .integer($0) } ?? self
        default: self
        }
    }
}

private struct Nested: Encodable {
    private enum Key: String, CodingKey { case b, a }

    func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        var list = object.nestedUnkeyedContainer(forKey: .b)
        try object.encode(1, forKey: .a)
        try list.encode("x")
        try list.encode(UInt64.max)
    }
}

/// Of two values for a key, the last counts.
private struct Twice: Encodable {
    private enum Key: String, CodingKey { case a, b }

    func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        try object.encode(1, forKey: .b)
        try object.encode(2, forKey: .a)
        var same = encoder.container(keyedBy: Key.self)
        try same.encode(3, forKey: .b)
    }
}
