import Foundation
import Support

/// A line of the journal was damaged after it was written, or is unknown to this version.
package struct JournalCorrupt: ProgramError {
    package var file: String
    /// Line number, from 1.
    package var line: Int
    /// Whether the line is undamaged, written by a newer version.
    package var isIntact = false

    package var explanation: Explanation {
        let (fault, remedy) =
            isIntact
            ? (
                "this line of the journal was written by a newer version of rsd-batch",
                "Use that version."
            )
            : (
                "this line of the journal is damaged, and valid lines follow it",
                "Restore the file from a copy, or cut it before line \(line) (`head -n \(line - 1)`), which discards the rest, "
                    + "and run again."
            )
        return Explanation(
            "journal-corrupt", .directoryTaken, "\(file):\(line): \(fault). Nothing was changed", remedy: remedy)
    }
}

/// The content of a journal file.
package struct JournalContents: Sendable {
    package var records: [JournalRecord] = []
    /// Lines up to the last good one.
    fileprivate var lines = 0
    /// Bytes up to the end of the last valid line; the rest is the torn end of an unfinished write.
    package var goodLength = 0
    package var tornBytes = 0
    /// Whether the file exists.
    package var isThere = false

    /// The runs that the journal names as its own, as they are now: one, or one per merged shard; none in journals of earlier
    /// versions.
    package var owners: [RunIdentity] {
        var owners: [RunIdentity] = []
        var owner: RunIdentity?
        for index in records.indices {
            switch records[index] {
            case .begun(let identity): owner = identity
            case .grown(let growth): owner = growth.identity
            case .shard:
                if let owner { owners.append(owner) }
                owner = nil
            default: break
            }
        }
        return owners + [owner].compactMap(\.self)
    }
}

package enum JournalReader {
    /// Reads a journal, which may be incomplete or still being written. A missing file is an empty journal.
    ///
    /// A damaged end is left by a crash and is ignored; a damaged line followed by valid ones is an error.
    ///
    /// - Throws: ``JournalCorrupt``; ``DamagedRun`` if it is not a regular file.
    package static func read(_ file: URL, after earlier: JournalContents = JournalContents()) throws -> JournalContents
    {
        guard let data = try RunFile.contents(of: file) else { return JournalContents() }
        var contents = earlier
        contents.isThere = true
        try contents.add(data.dropFirst(earlier.goodLength), of: file)
        contents.tornBytes = data.count - contents.goodLength
        return contents
    }

    /// Replaces a journal by other records, all at once, and reads it again.
    package static func rewrite(_ file: URL, as records: [JournalRecord]) throws -> JournalContents {
        try AtomicFile.write(records.reduce(into: Data()) { $0 += try JournalLine.encode($1) }, to: file)
        return try read(file)
    }
}

extension JournalContents {
    /// Adds the lines of a further part of the file, which begins where the valid lines so far end.
    ///
    /// - Throws: ``JournalCorrupt``.
    mutating func add(_ data: Data, of file: URL) throws(JournalCorrupt) {
        let result = data.withUnsafeBytes { bytes in
            Result { () throws(JournalCorrupt) in try add(bytes, of: file) }
        }
        try result.get()
    }

    private mutating func add(_ bytes: UnsafeRawBufferPointer, of file: URL) throws(JournalCorrupt) {
        let lines = Self.lines(of: bytes)
        guard let last = lines.last else { return }
        let (earlier, start) = (self.lines, goodLength)
        // Slices of `Data` would count their references on all processors at once.
        nonisolated(unsafe) let bytes = bytes
        let intact = try? lines.indices.parallelMap { index throws(JournalCorrupt) in
            guard let record = JournalLine.decode(UnsafeRawBufferPointer(rebasing: bytes[lines[index]])) else {
                throw JournalCorrupt(file: file.path, line: earlier + index + 1)
            }
            return record
        }
        // Nearly always: no record is copied.
        if let records = intact {
            if self.records.isEmpty { self.records = records } else { self.records += records }
            goodLength = start + last.upperBound + 1
            self.lines = earlier + lines.count
            return
        }
        let records = lines.parallelMap { JournalLine.decode(UnsafeRawBufferPointer(rebasing: bytes[$0])) }
        var damaged: Int?
        for (index, record) in records.enumerated() {
            let line = earlier + index + 1
            if let record {
                if let damaged { throw JournalCorrupt(file: file.path, line: damaged) }
                self.records.append(record)
                goodLength = start + lines[index].upperBound + 1
                self.lines = line
            } else {
                if JournalLine.isIntact(UnsafeRawBufferPointer(rebasing: bytes[lines[index]])) {
                    throw JournalCorrupt(file: file.path, line: line, isIntact: true)
                }
                damaged = damaged ?? line
            }
        }
    }

    /// Without their newlines. What follows the last newline is no line yet.
    private static func lines(of bytes: UnsafeRawBufferPointer) -> [Range<Int>] {
        let bytes = bytes.bindMemory(to: UInt8.self)
        var lines: [Range<Int>] = []
        var start = 0
        while let end = bytes.next(UInt8(ascii: "\n"), from: start) {
            lines.append(start..<end)
            start = end + 1
        }
        return lines
    }
}
