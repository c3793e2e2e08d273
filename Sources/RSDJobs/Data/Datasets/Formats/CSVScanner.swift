/// The records of comma-separated values (RFC 4180): rows under one that names the fields.
///
/// Quoted fields may hold separators and line breaks, and a doubled quote stands for one. Rows end in LF, CRLF or CR;
/// blank lines do not count.
struct CSVScanner: RecordScanner {
    /// A field's bytes, without the quotes round it.
    private struct Cell {
        var range: Range<Int>
        var hasDoubledQuotes = false
    }

    private static let quote = UInt8(ascii: "\"")

    private let bytes: UnsafeBufferPointer<UInt8>
    private let separator: UInt8
    private var offset: Int
    private var lines: LineCounter
    private var names: [String]?
    /// Of the row that was read last.
    private var cells: [Cell] = []

    init(_ bytes: UnsafeBufferPointer<UInt8>, separator: UInt8) {
        self.bytes = bytes
        self.separator = separator
        offset = bytes.byteOrderMark
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
            let message = "the row has \(counted(cells.count, "field")), and the first row names \(names.count)"
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

    /// The fields' names. An empty one names nothing: programs leave it out over the numbers of the rows.
    private mutating func header() throws(RecordFault) -> [String] {
        var names: [String] = []
        for cell in cells {
            let name = try text(of: cell)
            if !name.isEmpty, names.contains(name) {
                throw lines.fault("the first row names '\(name)' twice", at: cell.range.lowerBound)
            }
            names.append(name)
        }
        return names
    }

    /// Takes the next row that is not blank apart, and gives where it starts; nil at the end.
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

    /// Takes a field off, with what ends it, and gives whether another one follows in the row.
    private mutating func readCell() throws(RecordFault) -> Bool {
        if offset < bytes.count, bytes[offset] == Self.quote {
            cells.append(try quotedCell())
        } else {
            let start = offset
            while offset < bytes.count, !isEnd(bytes[offset]) { offset += 1 }
            cells.append(Cell(range: start..<offset))
        }
        guard offset < bytes.count else { return false }
        let end = bytes[offset]
        guard isEnd(end) else {
            throw lines.fault("text after a closing quote; a quote within quotes is written twice", at: offset)
        }
        offset += 1
        if end == 0x0D, offset < bytes.count, bytes[offset] == 0x0A { offset += 1 }
        return end == separator
    }

    private mutating func quotedCell() throws(RecordFault) -> Cell {
        let opening = offset
        var cell = Cell(range: opening + 1..<opening + 1)
        offset += 1
        while let quote = bytes.next(Self.quote, from: offset) {
            offset = quote + 1
            guard offset < bytes.count, bytes[offset] == Self.quote else {
                cell.range = opening + 1..<quote
                return cell
            }
            cell.hasDoubledQuotes = true
            offset += 1
        }
        throw lines.fault("the quote that opens here is never closed", at: opening)
    }

    private func isEnd(_ byte: UInt8) -> Bool { byte == separator || byte == 0x0A || byte == 0x0D }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private mutating func text(of cell: Cell) throws(RecordFault) -> String {
        let raw = bytes[cell.range]
        let text = cell.hasDoubledQuotes ? unquoted(raw) : String(validating: raw, as: UTF8.self)
        guard let text else { throw lines.fault("not UTF-8", at: cell.range.lowerBound) }
        return text
    }

    /// In quotes every quote is doubled, so that each second one of them goes.
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
