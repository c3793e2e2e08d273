import Foundation

/// CRC-32 (IEEE 802.3), as zlib and gzip compute it.
enum Checksum {
    /// The checksums of single bytes, each followed by up to seven zeros: eight bytes are added at a time.
    private static let table: [UInt32] = {
        let single: [UInt32] = (0..<256).map { (index: UInt32) -> UInt32 in
            var value = index
            for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ 0xedb8_8320 : value >> 1 }
            return value
        }
        var tables = [single]
        for _ in 1..<8 {
            let longer = tables[tables.count - 1].map { (value: UInt32) -> UInt32 in
                single[Int(value & 0xff)] ^ (value >> 8)
            }
            tables.append(longer)
        }
        return tables.flatMap(\.self)
    }()
    private static let hexadecimal = Array("0123456789abcdef".utf8)

    static func crc32(_ bytes: some ContiguousBytes) -> UInt32 {
        bytes.withUnsafeBytes { bytes in
            table.withUnsafeBufferPointer { table in
                var crc = ~UInt32(0)
                var place = 0
                while place + 8 <= bytes.count {
                    let first = crc ^ UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
                    let second = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place + 4, as: UInt32.self))
                    crc = 0
                    for byte in 0..<4 {
                        let shift = UInt32(8 * byte)
                        crc ^= table[256 * (7 - byte) + Int((first >> shift) & 0xff)]
                        crc ^= table[256 * (3 - byte) + Int((second >> shift) & 0xff)]
                    }
                    place += 8
                }
                for byte in bytes[place...] { crc = table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ (crc >> 8) }
                return ~crc
            }
        }
    }

    /// The checksum as eight hexadecimal digits.
    static func digits(_ bytes: some ContiguousBytes) -> [UInt8] {
        let crc = crc32(bytes)
        return (0..<8).map { (place: Int) -> UInt8 in hexadecimal[Int((crc >> UInt32(28 - 4 * place)) & 0xf)] }
    }
}
