import Foundation
import Support

/// A line of the journal that was damaged after it was written, or that this version does not know.
package struct JournalCorrupt: ProgramError {
    package var file: String
    /// Counted from 1.
    package var line: Int
    /// Whether it is as it was written, by a version that knows more.
    package var isIntact = false

    package var explanation: Explanation {
        let (fault, remedy) =
            isIntact
            ? (
                "this version of rsd-batch does not know what this line of the journal says: a newer one wrote it",
                "Go on with that version."
            )
            : (
                "this line of the journal is damaged, and good lines follow it",
                "Restore the file from a copy, or cut it before line \(line) (`head -n \(line - 1)`) to give up what came after "
                    + "and run again."
            )
        return Explanation(
            "journal-corrupt", .directoryTaken, "\(file):\(line): \(fault). Nothing was changed", remedy: remedy)
    }
}

/// What a journal file holds.
package struct JournalContents: Sendable {
    package var records: [JournalRecord] = []
    /// Bytes up to the end of the last good line; what follows is the torn end of a write that never finished.
    package var goodLength = 0
    package var tornBytes = 0
    /// Whether there is a file.
    package var isThere = false

    /// Runs that it says it belongs to: one, or those that were merged, each as often as it has a shard; none in journals of
    /// earlier versions.
    package var owners: [RunIdentity] {
        records.compactMap { record in
            guard case .begun(let identity) = record else { return nil }
            return identity
        }
    }
}

package enum JournalReader {
    /// Reads a journal that may still be written to, or that its writer could not finish. One that is not there yet holds
    /// nothing.
    ///
    /// A damaged end is what a crash leaves behind and is not returned; a damaged line with good ones after it is an error.
    ///
    /// - Throws: ``JournalCorrupt``, ``DamagedRun`` where something else stands in its place.
    package static func read(_ file: URL) throws -> JournalContents {
        guard let data = try RunFile.contents(of: file) else { return JournalContents() }
        var contents = JournalContents(isThere: true)
        let decoder = JSONDecoder()
        var line = 0
        var damaged: Int?
        var start = data.startIndex
        while start < data.endIndex {
            line += 1
            let newline = newline(in: data, from: start)
            let record = newline.flatMap { JournalLine.decode(data[start..<$0], with: decoder) }
            if let newline, let record {
                if let damaged { throw JournalCorrupt(file: file.path, line: damaged) }
                contents.records.append(record)
                contents.goodLength = newline + 1 - data.startIndex
            } else {
                if let newline, JournalLine.isIntact(data[start..<newline]) {
                    throw JournalCorrupt(file: file.path, line: line, isIntact: true)
                }
                damaged = damaged ?? line
            }
            start = newline.map { $0 + 1 } ?? data.endIndex
        }
        contents.tornBytes = data.count - contents.goodLength
        return contents
    }

    private static func newline(in data: Data, from start: Data.Index) -> Data.Index? {
        data.withUnsafeBytes { bytes -> Int? in
            let offset = start - data.startIndex
            guard let base = bytes.baseAddress,
                let found = memchr(base + offset, Int32(UInt8(ascii: "\n")), bytes.count - offset)
            else { return nil }
            return data.startIndex + (UnsafeRawPointer(found) - base)
        }
    }
}
