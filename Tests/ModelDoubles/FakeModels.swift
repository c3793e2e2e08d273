@testable import Decoding
@testable import JobSpecs
import TestSupport

/// Three models made of a hash: what each of them says is a pure function of the tokens before it.
///
/// Text that is read is cut into the longest tokens that fit; a model may write others, and tokens that run over the end of a
/// delimiter. A context is counted in bytes, so that text costs the same read and written.
struct FakeModels {
    var seed: UInt64
    var prompt = ""
    var delimiter = "\n\n"
    var vocabulary = standardVocabulary {
        didSet { byFirstByte = Self.byFirstByte(vocabulary) }
    }
    private var byFirstByte = byFirstByte(standardVocabulary)
    /// One token in so many ends the response.
    var endOdds: UInt64 = 14
    /// Rewards that come up more often than others.
    var favouredRewards = [0.7]
    /// The target answers as the draft would.
    var targetIsDraft = false
    var draftContext = 10_000
    var targetContext = 10_000
    var prmContext = 10_000
    var overlong = OverlongPolicy.fail
    /// Whether the PRM reads its rewards at marks, and so gives one to a step without text.
    var judgesEmptyEnd = false

    private static let standardVocabulary = ["a", "b ", "c.", "é", "\r", "\n", "\n\n", "\n\n", ".\n\n"]

    init(seed: UInt64) {
        self.seed = seed
    }

    /// The next token of a model, or nil where it ends the response.
    func nextToken(of role: Role, after reader: Reader) -> String? {
        let salt: UInt64 = role == .target && !targetIsDraft ? 0x7a1 : 0xd4a
        let hash = SeededRandom.mix(reader.tokenHash ^ seed &* 0x9e37_79b9 ^ salt)
        // Ends come twice as often right after a delimiter.
        if hash % (reader.isBetweenSteps ? endOdds / 2 : endOdds) == 0 { return nil }
        return vocabulary[Int(hash >> 33) % vocabulary.count]
    }

    /// How likely a model finds the token that it writes next. Causal, and often the same number.
    func logprob(of role: Role, after reader: Reader) -> Float {
        let hash = SeededRandom.mix(reader.tokenHash ^ seed &* 0xc2b2_ae35 ^ (role == .target ? 1 : 0))
        return hash % 3 == 0 ? -Float(hash >> 40) * 0x1p-24 : -0.25
    }

    /// The reward of the step that ends where the reader stands. Causal: it knows nothing of what follows.
    ///
    /// - Parameter isEmpty: whether the step has no text.
    func reward(at reader: Reader, isEmpty: Bool) -> Double {
        let hash = SeededRandom.mix(reader.hash ^ seed &* 0x85eb_ca6b ^ (isEmpty ? 0xe3 : 0x93))
        switch hash % 8 {
        case 0: return 0
        case 1: return 1
        case 2..<5: return favouredRewards[Int(hash >> 40) % favouredRewards.count]
        default: return Double(hash >> 11) * 0x1p-53
        }
    }

    /// A step's tokens in the PRM's own count.
    func scoredTokens(_ step: String) -> Int { step.utf8.count }

    func context(of role: Role) -> Int { role == .target ? targetContext : draftContext }

    /// A reader that has the prompt and some text of the response behind it, in the tokens in which text is read.
    func reader(after text: String = "") -> Reader {
        var reader = Reader(prompt: prompt, delimiter: delimiter)
        let bytes = Array(text.utf8)
        let tokens = byFirstByte
        var place = 0
        while place < bytes.count {
            var longest = 1
            for token in tokens[Int(bytes[place])] where token.count > longest && place + token.count <= bytes.count {
                var length = 1
                while length < token.count, bytes[place + length] == token[length] { length += 1 }
                if length == token.count { longest = length }
            }
            reader.read(bytes, place..<place + longest)
            place += longest
        }
        return reader
    }

    /// The same for a PRM, to which the tokens are all one.
    func listener(after text: String) -> Reader {
        var reader = Reader(prompt: prompt, delimiter: delimiter)
        reader.read(text)
        return reader
    }

    private static func byFirstByte(_ vocabulary: [String]) -> [[[UInt8]]] {
        var tokens: [[[UInt8]]] = Array(repeating: [], count: 256)
        for token in Set(vocabulary) {
            let bytes = Array(token.utf8)
            tokens[Int(bytes[0])].append(bytes)
        }
        return tokens
    }
}

/// What a model knows of the text so far.
struct Reader {
    private let delimiter: [UInt8]
    /// Of the text: reading it in pieces or at once makes no difference.
    private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    /// Of the tokens that it was read in.
    private(set) var tokenHash: UInt64 = 0
    /// Bytes and tokens read, those of the prompt included; each byte of the prompt is a token.
    private(set) var bytes = 0
    private(set) var tokens = 0
    private var step: [UInt8] = []
    private var hasReadSteps = false

    init(prompt: String, delimiter: String) {
        self.delimiter = Array(delimiter.utf8)
        for byte in prompt.utf8 {
            take(byte)
            endToken()
        }
    }

    /// Whether the last thing read was a delimiter.
    var isBetweenSteps: Bool { step.isEmpty && hasReadSteps }

    /// Reads text as a token.
    ///
    /// - Returns: where delimiters end in it, in bytes from its beginning.
    @discardableResult
    mutating func read(_ token: String) -> [Int] {
        let bytes = Array(token.utf8)
        return read(bytes, 0..<bytes.count)
    }

    @discardableResult
    mutating func read(_ bytes: [UInt8], _ token: Range<Int>) -> [Int] {
        var ends: [Int] = []
        for place in token {
            take(bytes[place])
            step.append(bytes[place])
            guard bytes[place] == delimiter.last, isAtDelimiter else { continue }
            step.removeAll(keepingCapacity: true)
            hasReadSteps = true
            ends.append(place + 1 - token.lowerBound)
        }
        endToken()
        return ends
    }

    /// The next step begins here: engines look for delimiters only in what is written.
    mutating func beginStep() { step.removeAll() }

    private var isAtDelimiter: Bool {
        guard step.count >= delimiter.count else { return false }
        let start = step.count - delimiter.count
        for index in delimiter.indices where step[start + index] != delimiter[index] { return false }
        return true
    }

    private mutating func take(_ byte: UInt8) {
        hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        bytes += 1
    }

    private mutating func endToken() {
        tokens += 1
        // The text up to here and the places of the tokens' ends in it are the tokens.
        tokenHash = SeededRandom.mix(tokenHash ^ hash)
    }
}
