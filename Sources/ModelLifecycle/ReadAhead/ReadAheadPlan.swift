/// Chooses the bytes to read next, so that they never exceed the free memory.
///
/// Files are read in the order in which an engine loads them: if they do not all fit, the first part is in memory.
/// Bytes read count as free memory again, so each check gives the total that may be in memory.
struct ReadAheadPlan: Sendable {
    /// A part of a file.
    struct Chunk: Sendable, Hashable {
        /// Index of the file.
        var file: Int
        /// In bytes; a multiple of ``ReadAheadPlan/chunkSize``.
        var offset: Int
        var length: Int
    }

    /// In bytes; a multiple of every page size.
    static let chunkSize = 4 << 20

    /// Sizes of the files, in bytes.
    let sizes: [Int]
    /// Bytes before the next chunk.
    private(set) var passed = 0
    private var file = 0
    private var offset = 0

    init(sizes: [Int]) {
        self.sizes = sizes
        skipEnds()
    }

    var isDone: Bool { file >= sizes.count }

    /// - Parameter allowed: bytes of the files that may be in memory now.
    /// - Returns: nil if nothing is left, or no more is allowed.
    mutating func next(within allowed: Int) -> Chunk? {
        guard !isDone else { return nil }
        let chunk = Chunk(file: file, offset: offset, length: min(Self.chunkSize, sizes[file] - offset))
        guard chunk.length <= allowed.plus(-passed) else { return nil }
        offset += chunk.length
        passed = passed.plus(chunk.length)
        skipEnds()
        return chunk
    }

    private mutating func skipEnds() {
        while file < sizes.count, offset >= sizes[file] { (file, offset) = (file + 1, 0) }
    }
}

extension HostMemory {
    /// Bytes of the page cache that files may use next to other needs.
    ///
    /// - Parameter reserve: bytes that are about to be needed.
    func allowed(beside reserve: Int) -> Int {
        let margin = max(total / 16, .gibibytes(0.5))
        return max(0, available.plus(-margin).plus(-max(0, reserve)))
    }
}
