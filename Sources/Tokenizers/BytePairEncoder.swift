import HeapModule
import Synchronization

/// Byte-pair encoding of one piece: joins the neighbouring pair with the lowest merge rank, leftmost first among equals, until
/// no pair has a merge.
struct BytePairEncoder: Sendable {
    private struct Pair: Hashable {
        let left: Int32
        let right: Int32
    }

    private struct Merge {
        let rank: Int32
        let token: Int32
    }

    /// A pair that may be joined if both its ends are unchanged.
    private struct Candidate: Comparable {
        let rank: Int32
        let position: Int
        let pair: Pair

        static func < (a: Self, b: Self) -> Bool { (a.rank, a.position) < (b.rank, b.position) }
    }

    /// nil for bytes without a token, which are left out.
    private let byteTokens: [Int32?]
    private let merges: [Pair: Merge]
    /// With `ignore_merges`, a piece that is a token becomes that token, whatever the merges are.
    private let wholePieces: [[UInt8]: Int]
    private let words = Words()

    /// Longer pieces hardly come twice.
    private static let longestKept = 32

    /// - Parameters:
    ///   - vocabulary: ids of tokens by their bytes.
    ///   - merges: pairs in order of rank.
    /// - Throws: ``TokenizerError`` if a merge has no token.
    init(vocabulary: [[UInt8]: Int], merges: [(left: [UInt8], right: [UInt8])], ignoreMerges: Bool)
        throws(TokenizerError)
    {
        byteTokens = (UInt8.min...UInt8.max).map { vocabulary[[$0]].map(Int32.init) }
        var table: [Pair: Merge] = [:]
        for (rank, merge) in merges.enumerated() {
            guard let left = vocabulary[merge.left], let right = vocabulary[merge.right],
                let joined = vocabulary[merge.left + merge.right]
            else {
                throw TokenizerError("merge \(rank) names a token that is not in the vocabulary")
            }
            let pair = Pair(left: Int32(left), right: Int32(right))
            // As in `tokenizers`, the last of equal ones counts.
            table[pair] = Merge(rank: Int32(rank), token: Int32(joined))
        }
        self.merges = table
        wholePieces = ignoreMerges ? vocabulary : [:]
    }

    func hasToken(for byte: UInt8) -> Bool { byteTokens[Int(byte)] != nil }

    func encode(_ piece: ArraySlice<UInt8>) -> [Int] {
        if piece.count == 1, let byte = piece.first { return byteTokens[Int(byte)].map { [Int($0)] } ?? [] }
        guard piece.count <= Self.longestKept else { return joined(Array(piece)) }
        return words.tokens(of: Array(piece), otherwise: joined)
    }

    private func joined(_ piece: [UInt8]) -> [Int] {
        if let whole = wholePieces[piece] { return [whole] }
        var tokens = piece.compactMap { byteTokens[Int($0)] }
        // A doubly linked list of the remaining tokens: a joined pair stays at its left place.
        var next = Array(1...max(tokens.count, 1))
        var previous = Array(-1..<max(tokens.count - 1, 0))
        var heap = Heap<Candidate>()
        func offer(_ position: Int) {
            guard position >= 0, next[position] < tokens.count else { return }
            let pair = Pair(left: tokens[position], right: tokens[next[position]])
            if let merge = merges[pair] {
                heap.insert(Candidate(rank: merge.rank, position: position, pair: pair))
            }
        }
        for position in tokens.indices { offer(position) }
        while let best = heap.popMin() {
            let right = next[best.position]
            guard right < tokens.count, let merge = merges[best.pair],
                tokens[best.position] == best.pair.left, tokens[right] == best.pair.right
            else { continue }
            tokens[best.position] = merge.token
            tokens[right] = -1
            next[best.position] = next[right]
            if next[right] < tokens.count { previous[next[right]] = best.position }
            offer(best.position)
            offer(previous[best.position])
        }
        return tokens.compactMap { $0 < 0 ? nil : Int($0) }
    }
}

/// The tokens of pieces that were encoded before: a text has the same words many times.
private final class Words: Sendable {
    private static let limit = 50_000
    private let known = Mutex<[[UInt8]: [Int]]>([:])

    func tokens(of piece: [UInt8], otherwise encode: ([UInt8]) -> [Int]) -> [Int] {
        if let tokens = known.withLock({ $0[piece] }) { return tokens }
        let tokens = encode(piece)
        known.withLock {
            if $0.count >= Self.limit { $0.removeAll() }
            $0[piece] = tokens
        }
        return tokens
    }
}
