import Foundation

extension UnsafeBufferPointer<UInt8> {
    /// The next place of a byte before `end` (by default the end of the data); nil if there is none.
    package func next(_ byte: UInt8, from start: Int, to end: Int? = nil) -> Int? {
        let end = end ?? count
        guard start < end, let base = baseAddress, let found = memchr(base + start, Int32(byte), end - start)
        else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
}
