import Support
/// The records of comma-separated values (RFC 4180): a header row with field names, then one row per record.
///
/// Quoted fields may contain separators and line breaks, and a doubled quote is one quote. Rows end in LF, CRLF or CR;
/// blank lines are ignored. In TSV, a quote that does not enclose its whole field is data.
struct CSVScanner: RecordScanner {
    /// A field's bytes without enclosing quotes.
    private struct Cell {
        var range: Range<Int>
        var hasDoubledQuotes = false
    }

    private static let quote = UInt8(ascii: "\"")
    private static let tab = UInt8(ascii: "\t")

    private let bytes: UnsafeBufferPointer<UInt8>
    private let separator: UInt8
    private var offset = 0
    private var lines: LineCounter
    private var names: [String]?
    /// Fields of the last row read.
    private var cells: [Cell] = []

    init(_ bytes: UnsafeBufferPointer<UInt8>, separator: UInt8) {
        self.bytes = bytes
        self.separator = separator
        lines = LineCounter(bytes)
    }

    mutating func next(isWanted: Bool) throws(RecordFault) -> ScannedRecord? {
        let names: [String]
        if let known = self.names {
            names = known
        } else {
            guard try readRow() != nil else { return nil }
            names = try header()
            self.names = names
        }
        guard let start = try readRow() else { return nil }
        guard isWanted else { return .unread }
        let line = lines.line(of: start)
        guard cells.count == names.count else {
            let message = "the row has \(counted(cells.count, "field")), but the first row names \(names.count)"
            return .fault(RecordFault(line: line, message: message))
        }
        do throws(RecordFault) {
            var record = Record(fields: [:])
            for (name, cell) in zip(names, cells) where !name.isEmpty {
                record.fields[name] = .string(try text(of: cell))
            }
            return .record(record, line: line)
        } catch {
            return .fault(error)
        }
    }

    /// The field names. An empty one is ignored: some programs leave it out above row numbers.
    private mutating func header() throws(RecordFault) -> [String] {
        var (names, known) = ([String](), Set<String>())
        for cell in cells {
            let name = try text(of: cell)
            if !name.isEmpty, !known.insert(name).inserted {
                throw lines.fault("the first row names '\(name)' twice", at: cell.range.lowerBound)
            }
            names.append(name)
        }
        return names
    }

    /// Reads the next row that is not blank and returns its start; nil at the end.
    private mutating func readRow() throws(RecordFault) -> Int? {
        while offset < bytes.count {
            let start = offset
            cells.removeAll(keepingCapacity: true)
            while try readCell() {}
            let isBlank =
                cells.count == 1 && bytes[start] != Self.quote && bytes[cells[0].range].allSatisfy(Self.isSpace)
            if !isBlank { return start }
        }
        return nil
    }

    /// Reads a field and the separator after it; returns whether another field follows in the row.
    private mutating func readCell() throws(RecordFault) -> Bool {
        let start = offset
        if offset < bytes.count, bytes[offset] == Self.quote, let cell = try quotedCell() {
            cells.append(cell)
        } else {
            while offset < bytes.count, !isEnd(bytes[offset]) { offset += 1 }
            cells.append(Cell(range: start..<offset))
        }
        guard offset < bytes.count else { return false }
        let end = bytes[offset]
        offset += 1
        if end == 0x0D, offset < bytes.count, bytes[offset] == 0x0A { offset += 1 }
        return end == separator
    }

    /// Reads a quoted field; in TSV, nil if the quote is data.
    private mutating func quotedCell() throws(RecordFault) -> Cell? {
        let opening = offset
        var cell = Cell(range: opening + 1..<opening + 1)
        var next = offset + 1
        while let quote = bytes.next(Self.quote, from: next) {
            next = quote + 1
            if next < bytes.count, bytes[next] == Self.quote {
                cell.hasDoubledQuotes = true
                next += 1
                continue
            }
            guard next == bytes.count || isEnd(bytes[next]) else {
                if separator == Self.tab { return nil }
                throw textAfterQuote(from: opening, at: next)
            }
            cell.range = opening + 1..<quote
            if separator == Self.tab, swallowsRow(cell.range) { throw swallowing(from: opening, to: quote) }
            offset = next
            return cell
        }
        throw lines.fault("the quote that opens here is never closed", at: opening)
    }

    /// Whether a quoted field continues over tabs and lines although its first line alone is a complete row.
    private func swallowsRow(_ range: Range<Int>) -> Bool {
        guard let names, let line = bytes[range].firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else { return false }
        let tabs = bytes[range.lowerBound..<line].count { $0 == Self.tab }
        return cells.count + 1 + tabs == names.count
            && bytes.next(Self.tab, from: range.lowerBound, to: range.upperBound) != nil
    }

    private mutating func swallowing(from opening: Int, to closing: Int) -> RecordFault {
        var ahead = lines
        let line = ahead.line(of: closing)
        return lines.fault(
            "the quote that opens here closes on line \(line), across other fields; to use a quote as data at the beginning of a "
                + "field, double it and put the field in quotes", at: opening)
    }

    private mutating func textAfterQuote(from opening: Int, at offset: Int) -> RecordFault {
        let line = lines.line(of: opening)
        let here = lines.line(of: offset)
        return lines.fault(
            "text after \(line == here ? "a closing quote" : "the quote that closes the one on line \(line)"); double a quote "
                + "within a quoted field", at: offset)
    }

    private func isEnd(_ byte: UInt8) -> Bool { byte == separator || byte == 0x0A || byte == 0x0D }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private mutating func text(of cell: Cell) throws(RecordFault) -> String {
        let raw = bytes[cell.range]
        let text = cell.hasDoubledQuotes ? unquoted(raw) : String(validating: raw, as: UTF8.self)
        guard let text else { throw lines.fault("not UTF-8", at: cell.range.lowerBound) }
        if let zero = bytes.next(0, from: cell.range.lowerBound, to: cell.range.upperBound) {
            throw lines.fault("a NUL character, which text cannot contain", at: zero)
        }
        return text
    }

    /// Removes every second quote, since quotes within quotes are doubled.
    private func unquoted(_ raw: Slice<UnsafeBufferPointer<UInt8>>) -> String? {
        var kept: [UInt8] = []
        kept.reserveCapacity(raw.count)
        var isSecond = false
        for byte in raw {
            isSecond = byte == Self.quote && !isSecond
            if byte != Self.quote || isSecond { kept.append(byte) }
        }
        return String(validating: kept, as: UTF8.self)
    }
}
