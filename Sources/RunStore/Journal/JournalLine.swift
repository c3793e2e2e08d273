import Foundation
import Support

/// `{"crc":"89abcdef",…}`: plain JSON for jq and pandas, with a checksum of everything after it.
package enum JournalLine {
    private static let prefix = Array(#"{"crc":""#.utf8)
    private static let separator = Array(#"","#.utf8)
    private static let bodyStart = prefix.count + 8 + separator.count

    package static func encode(_ record: JournalRecord) throws -> Data {
        let body = try JSONText.encode(record).dropFirst()
        var line = Data(capacity: bodyStart + body.count + 1)
        line.append(contentsOf: head(of: body))
        line.append(body)
        line.append(UInt8(ascii: "\n"))
        return line
    }

    private static func head(of body: Data) -> [UInt8] {
        prefix + Checksum.digits(body) + separator
    }

    /// Whether a line matches its checksum.
    static func isIntact(_ line: UnsafeRawBufferPointer) -> Bool {
        guard line.count > bodyStart else { return false }
        let body = UnsafeRawBufferPointer(rebasing: line[bodyStart...])
        let digits = line[prefix.count..<(bodyStart - separator.count)]
        return digits.elementsEqual(Checksum.digits(body)) && line.starts(with: prefix)
            && line[digits.endIndex...].starts(with: separator)
    }

    /// - Parameter line: the bytes of a line without its newline.
    /// - Returns: nil if the line is damaged or of an unknown kind.
    static func decode(_ line: UnsafeRawBufferPointer) -> JournalRecord? {
        guard isIntact(line) else { return nil }
        // The checksum is a field like any other.
        return EventReader.read(line.bindMemory(to: UInt8.self))
            ?? (try? JSONText.decode(JournalRecord.self, from: Data(line)))
    }

    package static func decode(_ line: Data) -> JournalRecord? { line.withUnsafeBytes { decode($0) } }
}
