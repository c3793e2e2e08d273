import Foundation

/// The directory of a zip archive (APPNOTE 6.3), including ZIP64. PyTorch's archives are not compressed.
struct ZipDirectory {
    struct Entry: Equatable {
        var name: String
        var isStored: Bool
        var size: Int
        fileprivate var header: Int
    }

    let entries: [Entry]

    private static let most = 1 << 26

    /// - Returns: nil if the archive has no directory at its end: it is truncated.
    init?(_ handle: FileHandle, size: UInt64) {
        let tail = Int(clamping: min(size, 66_000))
        guard let end = Self.read(handle, at: Int(clamping: size) - tail, count: tail) else { return nil }
        guard
            let at = stride(from: end.count - 22, through: 0, by: -1).first(where: {
                end[$0...].starts(with: [0x50, 0x4B, 5, 6])
            }),
            let (count, bytes, start) = try? Self.place(end, at, handle),
            bytes <= Self.most, let directory = Self.read(handle, at: start, count: bytes)
        else { return nil }
        var reader = LittleEndianReader(directory)
        guard let entries = try? Self.entries(&reader, count: count) else { return nil }
        self.entries = entries
    }

    /// The content of an uncompressed entry; nil if the file does not contain it.
    func content(of entry: Entry, in handle: FileHandle) -> [UInt8]? {
        guard entry.isStored, entry.size <= Self.most, let header = Self.read(handle, at: entry.header, count: 30)
        else { return nil }
        var reader = LittleEndianReader(header, from: 26)
        guard let name = try? reader.number(2), let extra = try? reader.number(2) else { return nil }
        return Self.read(handle, at: entry.header + 30 + name + extra, count: entry.size)
    }

    private static func read(_ handle: FileHandle, at offset: Int, count: Int) -> [UInt8]? {
        guard offset >= 0, count >= 0, (try? handle.seek(toOffset: UInt64(offset))) != nil,
            let data = count == 0 ? Data() : (try? handle.read(upToCount: count)) ?? nil, data.count == count
        else { return nil }
        return Array(data)
    }

    /// The place of the directory, from the end record or from the ZIP64 record before it.
    private static func place(
        _ end: [UInt8], _ at: Int, _ handle: FileHandle
    ) throws(LittleEndianReader.End) -> (count: Int, bytes: Int, start: Int) {
        var reader = LittleEndianReader(end, from: at + 10)
        let place = (try reader.number(2), try reader.number(4), try reader.number(4))
        guard place.0 == 0xFFFF || place.1 == 0xFFFF_FFFF || place.2 == 0xFFFF_FFFF, at >= 20 else { return place }
        reader = LittleEndianReader(end, from: at - 20)
        guard Array(try reader.take(4)) == [0x50, 0x4B, 6, 7] else { return place }
        try reader.skip(4)
        guard let record = read(handle, at: try reader.number(8), count: 56) else { throw LittleEndianReader.End() }
        reader = LittleEndianReader(record, from: 32)
        return (try reader.number(8), try reader.number(8), try reader.number(8))
    }

    private static func entries(
        _ reader: inout LittleEndianReader, count: Int
    ) throws(LittleEndianReader.End) -> [Entry] {
        var entries: [Entry] = []
        while entries.count < count {
            guard Array(try reader.take(4)) == [0x50, 0x4B, 1, 2] else { throw LittleEndianReader.End() }
            try reader.skip(6)
            let isStored = try reader.number(2) == 0
            try reader.skip(12)
            var size = try reader.number(4)
            let (name, extra, comment) = (try reader.number(2), try reader.number(2), try reader.number(2))
            try reader.skip(8)
            var header = try reader.number(4)
            let text = String(decoding: try reader.take(name), as: UTF8.self)
            var more = LittleEndianReader(Array(try reader.take(extra)))
            try widen(&size, &header, from: &more)
            try reader.skip(comment)
            entries.append(Entry(name: text, isStored: isStored, size: size, header: header))
        }
        return entries
    }

    /// Reads sizes and places of more than four bytes from an extra field: the size, the packed size, the place.
    private static func widen(
        _ size: inout Int, _ header: inout Int, from extra: inout LittleEndianReader
    ) throws(LittleEndianReader.End) {
        guard size == 0xFFFF_FFFF || header == 0xFFFF_FFFF else { return }
        while let kind = try? extra.number(2), let length = try? extra.number(2) {
            guard kind == 1 else {
                try extra.skip(length)
                continue
            }
            if size == 0xFFFF_FFFF {
                size = try extra.number(8)
                try extra.skip(8)
            }
            if header == 0xFFFF_FFFF { header = try extra.number(8) }
            return
        }
    }
}
