/// A cache of keys and values in blocks, as vLLM's `BlockPool`: blocks of ended requests keep their contents until they are needed,
/// the longest unused first, and a request that begins with the same tokens takes them over.
struct BlockCache: Sendable {
    /// Blocks that no request uses, linked from the longest unused to the last used. Index `count` is the head of the ring.
    private var next: [Int]
    private var previous: [Int]
    private var users: [Int]
    private var hashes: [UInt64?]
    private var known: [UInt64: Int] = [:]
    private(set) var free: Int
    let count: Int

    init(blocks: Int) {
        count = blocks
        free = blocks
        next = (0...blocks).map { ($0 + 1) % (blocks + 1) }
        previous = (0...blocks).map { ($0 + blocks) % (blocks + 1) }
        users = Array(repeating: 0, count: blocks)
        hashes = Array(repeating: nil, count: blocks)
    }

    /// The blocks with the beginning of a sequence.
    ///
    /// - Parameter wanted: hashes of its blocks, each of all tokens up to the block's end.
    func lookUp(_ wanted: some Sequence<UInt64>) -> [Int] {
        var found: [Int] = []
        for hash in wanted {
            guard let block = known[hash] else { break }
            found.append(block)
        }
        return found
    }

    /// Takes blocks with known contents and new ones, or none if there are not enough.
    mutating func take(_ reused: [Int], new: Int) -> [Int]? {
        let unused = reused.reduce(0) { $0 + (users[$1] == 0 ? 1 : 0) }
        guard free - unused >= new else { return nil }
        for block in reused {
            if users[block] == 0 { unlink(block) }
            users[block] += 1
        }
        return reused + (0..<new).map { _ in takeOldest() }
    }

    /// Gives blocks up, whose contents stay until others need the place. The last ones are reused first.
    mutating func release(_ blocks: [Int]) {
        for block in blocks.reversed() {
            users[block] -= 1
            if users[block] == 0 { append(block) }
        }
    }

    /// Makes a block's contents known.
    mutating func name(_ block: Int, _ hash: UInt64) {
        guard known[hash] == nil, hashes[block] == nil else { return }
        hashes[block] = hash
        known[hash] = block
    }

    /// Forgets all contents, as sleep does.
    mutating func forget() {
        known = [:]
        hashes = Array(repeating: nil, count: count)
    }

    private mutating func takeOldest() -> Int {
        let block = next[count]
        unlink(block)
        if let hash = hashes[block] {
            known[hash] = nil
            hashes[block] = nil
        }
        users[block] = 1
        return block
    }

    private mutating func unlink(_ block: Int) {
        next[previous[block]] = next[block]
        previous[next[block]] = previous[block]
        free -= 1
    }

    private mutating func append(_ block: Int) {
        let last = previous[count]
        next[last] = block
        previous[block] = last
        next[block] = count
        previous[count] = block
        free += 1
    }
}
