import RSDJobs

/// Three models made of a hash: what each of them says is a pure function of the text before it.
///
/// No token runs over the end of a delimiter. A context is counted in bytes, so that text costs the same read and written.
struct FakeModels {
    var seed: UInt64
    var prompt = ""
    var delimiter = "\n\n"
    var vocabulary = ["a", "b ", "c.", "é", "\r", "\n", "\n\n", "\n\n", ".\n\n"]
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

    /// The next token of a model, or nil where it ends the response.
    func nextToken(of role: Role, after reader: Reader) -> String? {
        let salt: UInt64 = role == .target && !targetIsDraft ? 0x7a1 : 0xd4a
        let hash = SplitMix64.mix(reader.hash ^ seed &* 0x9e37_79b9 ^ salt)
        // Ends come twice as often right after a delimiter.
        if hash % (reader.isBetweenSteps ? endOdds / 2 : endOdds) == 0 { return nil }
        let start = Int(hash >> 33) % vocabulary.count
        for offset in vocabulary.indices {
            let token = vocabulary[(start + offset) % vocabulary.count]
            if reader.mayRead(token) { return token }
        }
        preconditionFailure("a vocabulary needs a token that fits everywhere")
    }

    /// The reward of the step that ends where the reader stands. Causal: it knows nothing of what follows.
    func reward(at reader: Reader) -> Double {
        let hash = SplitMix64.mix(reader.hash ^ seed &* 0x85eb_ca6b ^ 0x93)
        switch hash % 8 {
        case 0: return 0
        case 1: return 1
        case 2..<5: return favouredRewards[Int(hash >> 40) % favouredRewards.count]
        default: return Double(hash >> 11) * 0x1p-53
        }
    }

    /// A step's tokens in the PRM's own count.
    func scoredTokens(_ step: String) -> Int { step.utf8.count + 1 }

    func context(of role: Role) -> Int { role == .target ? targetContext : draftContext }

    /// A reader that has the prompt and some text of the response behind it.
    func reader(after text: String = "") -> Reader {
        var reader = Reader(prompt: prompt, delimiter: delimiter)
        reader.read(text)
        return reader
    }
}

/// What a model knows of the text so far. Reading it in pieces or at once makes no difference.
struct Reader {
    private let delimiter: [UInt8]
    private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    /// Bytes read, those of the prompt included.
    private(set) var bytes = 0
    private var step: [UInt8] = []
    private var hasReadSteps = false

    init(prompt: String, delimiter: String) {
        self.delimiter = Array(delimiter.utf8)
        for byte in prompt.utf8 { take(byte) }
    }

    /// Whether the last thing read was a delimiter.
    var isBetweenSteps: Bool { step.isEmpty && hasReadSteps }

    mutating func read(_ text: String) {
        for byte in text.utf8 {
            take(byte)
            step.append(byte)
            if Reader.ends(step, with: delimiter) {
                step.removeAll(keepingCapacity: true)
                hasReadSteps = true
            }
        }
    }

    /// Whether a token ends no delimiter before its own end.
    func mayRead(_ token: String) -> Bool {
        var step = step
        for byte in token.utf8.dropLast() {
            step.append(byte)
            if Reader.ends(step, with: delimiter) { return false }
        }
        return true
    }

    private mutating func take(_ byte: UInt8) {
        hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        bytes += 1
    }

    private static func ends(_ step: [UInt8], with delimiter: [UInt8]) -> Bool {
        guard step.count >= delimiter.count, step.last == delimiter.last else { return false }
        let start = step.count - delimiter.count
        for index in delimiter.indices where step[start + index] != delimiter[index] { return false }
        return true
    }
}
