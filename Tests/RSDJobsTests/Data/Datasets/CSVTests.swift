@testable import Datasets
import Foundation
import TestSupport
@testable import Support
import Testing

@Suite("Comma-separated values")
struct CSVTests {
    /// All records, and what is wrong, as `line:column message`.
    private func scan(_ data: Data, _ format: DatasetFormat = .csv) -> (rows: [[String: String]], faults: [String]) {
        guard let file = try? TextFile(file: "d", data) else { return ([], ["no text"]) }
        return file.bytes.withUnsafeBytes { raw in
            var scanner = format.scanner(raw.bindMemory(to: UInt8.self))
            var (rows, faults) = ([[String: String]](), [String]())
            do throws(RecordFault) {
                while let scanned = try scanner.next(isWanted: true) {
                    switch scanned {
                    case .unread: faults.append("unread")
                    case .record(let record, _):
                        rows.append(
                            Dictionary(uniqueKeysWithValues: record.fields.map { ($0, $1.plain ?? "?") }))
                    case .fault(let fault): faults.append(Self.words(fault))
                    }
                }
            } catch {
                faults.append(Self.words(error))
            }
            return (rows, faults)
        }
    }

    private func scan(_ text: String, _ format: DatasetFormat = .csv) -> (rows: [[String: String]], faults: [String]) {
        scan(Data(text.utf8), format)
    }

    private static func words(_ fault: RecordFault) -> String {
        "\(fault.line)" + (fault.column.map { ":\($0)" } ?? "") + " \(fault.message)"
    }

    @Test("what is written is read back, however it is written")
    func roundTrip() throws {
        for seed in 0..<500 {
            var writer = CSVWriter(SeededRandom(seed: UInt64(seed)))
            let table = writer.table()
            let text = writer.write(table)
            let names = table[0]
            let expected = table.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(names, $0)) }
            let format: DatasetFormat = writer.separator == "," ? .csv : .tsv
            let (rows, faults) = scan(text, format)
            #expect(faults == [], "\(text.debugDescription)")
            #expect(rows == expected, "\(text.debugDescription)")
            // Records that are not wanted are counted all the same.
            let count = try TextFile(file: "d", Data(text.utf8)).bytes.withUnsafeBytes { raw -> Int in
                var scanner = format.scanner(raw.bindMemory(to: UInt8.self))
                var count = 0
                while (try? scanner.next(isWanted: false)) != nil { count += 1 }
                return count
            }
            #expect(count == expected.count)
        }
    }

    @Test("the examples of RFC 4180 are read as it says")
    func examples() {
        #expect(scan("a,b\r\naaa,bbb\r\nzzz,yyy\r\n").rows == [["a": "aaa", "b": "bbb"], ["a": "zzz", "b": "yyy"]])
        #expect(scan("a,b\naaa,bbb").rows == [["a": "aaa", "b": "bbb"]])
        #expect(scan("a,b\n\"b \r\nbb\",\"a\"\"a\"\n").rows == [["a": "b \r\nbb", "b": "a\"a"]])
        #expect(scan("a,b\n\"\",\"\"\"\"\n").rows == [["a": "", "b": "\""]])
        #expect(scan("a,b\n,\n").rows == [["a": "", "b": ""]])
        #expect(scan("a,b\n1,").rows == [["a": "1", "b": ""]])
    }

    @Test("byte order marks, blank lines and columns without a name are left out")
    func leftOut() {
        #expect(scan("\u{FEFF}a,b\n\n1,2\n  \r\n\n3,4\n\n").rows == [["a": "1", "b": "2"], ["a": "3", "b": "4"]])
        #expect(scan(",a\n0,x\n").rows == [["a": "x"]])
        #expect(scan("a\n\"\"\nx\n").rows == [["a": ""], ["a": "x"]])
        #expect(scan("a,b\r1,2\r3,4\r").rows == [["a": "1", "b": "2"], ["a": "3", "b": "4"]])
        #expect(scan("a\tb\n1,5\t\"2\t3\"\n", .tsv).rows == [["a": "1,5", "b": "2\t3"]])
        #expect(scan("").rows == [])
        #expect(scan("a,b\n").faults == [])
    }

    @Test("a quote in the middle of a field is a quote")
    func quoteInTheMiddle() {
        #expect(scan("a,b\nthe 5\" nail,say \"hi\"\n").rows == [["a": "the 5\" nail", "b": "say \"hi\""]])
    }

    @Test("hostile files are refused with their place")
    func hostileFiles() throws {
        #expect(scan("a,b\n1\n1,2,3\n4,5\n").rows == [["a": "4", "b": "5"]])
        let bad: KeyValuePairs = [
            "rows of other lengths": Data("a,b\n1\n1,2,3\n".utf8),
            "an open quote": Data("a,b\n1,2\n3,\"4\n5,6\n".utf8),
            "text after a quote": Data("a,b\n\"x\ny\" z,1\n".utf8),
            "a name twice": Data("a,b,a\n1,2,3\n".utf8),
            "a lone quote": Data("\"".utf8),
            "three quotes": Data("a\n\"\"\"".utf8),
            "bytes that are no text": Data("a,b\n1,é".utf8) + [0xE9] + Data("\n2,\0\n".utf8),
            "a byte that is no text": Data([0xFF, 0x2C, 0x0A]),
        ]
        try GoldenTexts(beside: #filePath, "csv.txt").expect(
            bad.map { (title: $0.key, text: scan($0.value).faults.joined(separator: "\n")) })
        #expect(scan(String(repeating: ",", count: 100_000) + "\n1\n").faults.count == 1)
    }

    @Test("any bytes end in records or errors")
    func fuzz() {
        var random = SeededRandom(seed: 4)
        let alphabet = Array("\",\t\n\ra\u{FEFF}é".utf8) + [0xFF, 0]
        for _ in 0..<3000 {
            let bytes = (0..<Int(random.next() % 24)).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
            let (rows, faults) = scan(Data(bytes))
            #expect(rows.count + faults.count <= bytes.count)
        }
    }
}

/// Draws tables, and writes them down in one of the ways that the format allows.
private struct CSVWriter {
    private static let pieces = [
        "a", "b", " ", ",", "\t", "\"", "\"\"", "\n", "\r\n", "\r", "é", "𝄞", "1.5", "\\", "'", ";", "\u{2028}",
    ]

    private var random: SeededRandom
    let separator: String
    private let lineEnd: String
    private let quotesAll: Bool
    private let hasMark: Bool
    private let endsLastLine: Bool

    init(_ random: SeededRandom) {
        var random = random
        separator = random.next() % 2 == 0 ? "," : "\t"
        lineEnd = ["\n", "\r\n", "\r"][Int(random.next() % 3)]
        quotesAll = random.next() % 3 == 0
        hasMark = random.next() % 2 == 0
        endsLastLine = random.next() % 2 == 0
        self.random = random
    }

    /// The names of the fields, and rows of as many.
    mutating func table() -> [[String]] {
        let width = 1 + draw(5)
        let names = (0..<width).map { "n\($0)" + text() }
        return [names] + (0..<draw(6)).map { _ in (0..<width).map { _ in text() } }
    }

    func write(_ table: [[String]]) -> String {
        let rows = table.map { $0.map(cell).joined(separator: separator) }
        return (hasMark ? "\u{FEFF}" : "") + rows.joined(separator: lineEnd) + (endsLastLine ? lineEnd : "")
    }

    /// What a reader might take for something else goes into quotes: also a row of nothing, which looks like a blank line.
    private func cell(_ text: String) -> String {
        let isPlain =
            !text.unicodeScalars.contains { "\",\t\n\r".unicodeScalars.contains($0) }
            && text.contains { $0 != " " }
        return isPlain && !quotesAll ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    private mutating func text() -> String {
        let text = (0..<draw(5)).map { _ in Self.pieces[draw(Self.pieces.count)] }.joined()
        // A field with tabs and lines looks like rows with a quote in them.
        guard separator == "\t", text.contains("\t") else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\n" || $0 == "\r" ? " " : $0 }))
    }

    private mutating func draw(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
}
