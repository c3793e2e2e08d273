/// Which bytes of some files are to be read next, so that never more of them is read than fits into the memory that is free.
///
/// Files are read in the order in which an engine loads them: where not all fits, the part that it loads first is there. What was
/// read counts as free again for whoever needs the memory, so each look at it says how much may be there in all.
struct ReadAheadPlan: Sendable {
    /// A part of a file.
    struct Chunk: Sendable, Hashable {
        /// Index of the file.
        var file: Int
        /// In bytes; a multiple of ``ReadAheadPlan/chunkSize``.
        var offset: Int
        var length: Int
    }

    /// Bytes at a time. A multiple of every size that pages have.
    static let chunkSize = 4 << 20

    /// Of the files, in bytes.
    let sizes: [Int]
    /// Bytes that came before the next chunk.
    private(set) var passed = 0
    private var file = 0
    private var offset = 0

    init(sizes: [Int]) {
        self.sizes = sizes
        skipEnds()
    }

    var isDone: Bool { file >= sizes.count }

    /// - Parameter allowed: bytes of the files that may be in memory, as of now.
    /// - Returns: nil where nothing is left, or nothing more is allowed.
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
    /// Bytes that files may have of the page cache beside what else needs the memory.
    ///
    /// - Parameter reserve: bytes that are about to be needed.
    func allowed(beside reserve: Int) -> Int {
        let margin = max(total / 16, .gibibytes(0.5))
        return max(0, available.plus(-margin).plus(-max(0, reserve)))
    }
}
