import Foundation

/// Reads a data set in JSON Lines, and finds all that is wrong with it before any model starts.
struct DatasetReader {
    /// Errors told of one data set; the rest are counted.
    private static let mostErrors = 10

    let spec: DatasetSpec
    /// The path to show in messages.
    let file: String

    private(set) var problems: [Problem] = []
    private var errors: [Diagnostic] = []
    private var errorsLeftOut = 0
    private var lineOfId: [String: Int] = [:]
    private var linesWithoutAnswer: [Int] = []

    init(_ spec: DatasetSpec, showing file: String) {
        self.spec = spec
        self.file = file
    }

    /// Errors in order of line, at most ten and a last one that counts the rest; then warnings.
    var diagnostics: [Diagnostic] {
        var all = errors
        if errorsLeftOut > 0 {
            all.append(Diagnostic(file: file, message: "and \(errorsLeftOut) more", count: errorsLeftOut))
        }
        if let first = linesWithoutAnswer.first {
            let message =
                "\(counted(linesWithoutAnswer.count, "problem")) without an answer: they count as wrong"
            all.append(Diagnostic(.warning, file: file, line: first, message: message))
        }
        return all
    }

    /// Reads the problems, up to the limit; blank lines do not count.
    mutating func read(_ data: Data) {
        if data.starts(with: [0xFF, 0xFE]) || data.starts(with: [0xFE, 0xFF]) {
            return report(Diagnostic(file: file, message: "the file is UTF-16; save it as UTF-8"))
        }
        let wasFound = data.withUnsafeBytes { raw in readLines(raw.bindMemory(to: UInt8.self)) }
        if !wasFound, errors.isEmpty {
            report(Diagnostic(file: file, message: "the data set is empty"))
        }
    }

    /// Gives whether there was any line to read.
    private mutating func readLines(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var number = 0
        var records = 0
        while start < bytes.count, records < spec.limit ?? .max {
            let end = Self.endOfLine(bytes, from: start)
            let line = UnsafeBufferPointer(rebasing: bytes[start..<end])
            start = end + 1
            number += 1
            guard line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { continue }
            if records == 0, line.first == UInt8(ascii: "[") {
                report(
                    Diagnostic(
                        file: file, line: number, column: 1,
                        message: "a JSON list; a data set is JSON Lines, with one object on each line"))
                return true
            }
            readRecord(line, number: number, index: records)
            records += 1
        }
        return records > 0
    }

    private static func endOfLine(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        guard let base = bytes.baseAddress,
            let found = memchr(base + start, 0x0A, bytes.count - start)
        else { return bytes.count }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    private mutating func readRecord(_ line: UnsafeBufferPointer<UInt8>, number: Int, index: Int) {
        let record: JSONRecord
        do throws(JSONRecord.Fault) {
            record = try JSONRecord(line)
        } catch {
            let before = String(decoding: line[..<min(error.offset, line.count)], as: UTF8.self)
            return report(
                Diagnostic(
                    file: file, line: number, column: before.unicodeScalars.count + 1, message: error.message,
                    sourceLine: String(decoding: line, as: UTF8.self).trimmingCharacters(in: ["\r"])))
        }
        let question = text(spec.question, of: record, line: number, numbers: false)
        let answer = text(spec.answer, of: record, line: number, numbers: true)
        let id = spec.id == nil ? String(index) : id(of: record, line: number)
        if let question, question.allSatisfy(\.isWhitespace) {
            report("'\(spec.question)' is empty", line: number)
        }
        if let answer, answer.allSatisfy(\.isWhitespace) { linesWithoutAnswer.append(number) }
        guard let id, let question, let answer else { return }
        problems.append(Problem(dataset: spec.name, id: id, question: question, answer: answer))
    }

    private mutating func text(_ field: String, of record: JSONRecord, line: Int, numbers: Bool) -> String? {
        guard let value = value(field, of: record, line: line) else { return nil }
        switch value {
        case .string(let text): return text
        case .number(let text) where numbers: return text
        default:
            report(
                "expected text\(numbers ? " or a number" : "") in '\(field)', found \(value.found)",
                line: line)
            return nil
        }
    }

    private mutating func id(of record: JSONRecord, line: Int) -> String? {
        guard let field = spec.id, let value = value(field, of: record, line: line) else { return nil }
        let id: String
        switch value {
        case .string(let text): id = text
        case .number(let text) where !text.utf8.contains(where: Self.isFraction): id = text
        default:
            report("expected text or a whole number in '\(field)', found \(value.found)", line: line)
            return nil
        }
        if id.isEmpty || id.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            report(
                "\(quoted(id)) in '\(field)' is no id: it is empty or holds a control character", line: line)
            return nil
        }
        if let first = lineOfId[id] {
            report("duplicate id \(quoted(id)); it is first on line \(first)", line: line)
            return nil
        }
        lineOfId[id] = line
        return id
    }

    /// Whether a number with this character in it was not written as a whole one.
    private static func isFraction(_ character: UInt8) -> Bool {
        [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(character)
    }

    private mutating func value(_ field: String, of record: JSONRecord, line: Int) -> JSONRecord.Value? {
        if let value = record.fields[field] { return value }
        let names = Array(record.fields.keys)
        let has = names.isEmpty ? "none" : names.map { "'\($0)'" }.joined(separator: ", ")
        let hint = nearest(to: field, among: names).map { "; did you mean '\($0)'?" } ?? ""
        report("no field '\(field)'; the line has \(has)\(hint)", line: line)
        return nil
    }

    private mutating func report(_ message: String, line: Int) {
        report(Diagnostic(file: file, line: line, message: message))
    }

    private mutating func report(_ diagnostic: Diagnostic) {
        if errors.count < Self.mostErrors {
            errors.append(diagnostic)
        } else {
            errorsLeftOut += 1
        }
    }
}
