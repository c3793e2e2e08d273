import Decoding
import Graders
import Support

/// A problem and all its trajectories, as one line of JSON that the page parses when it is opened.
///
/// Methods share drafts, so much of the text repeats: each text is stored once, in `texts`, and steps refer to it by index.
/// Keys are short because a page has hundreds of thousands of them.
struct ProblemBlock: Encodable {
    struct Part: Encodable {
        var x: Int
        /// Lengths of its parts in UTF-16, alternately thought and answer; absent without thoughts.
        var h: [Int]?
        /// Reward.
        var r: Double?
        /// Number of oldest steps that the PRM did not see.
        var n: Int?

        func encode(to encoder: any Encoder) throws {
            try JSONFields.write(to: encoder) {
                try $0.add("h", ifAny: h)
                try $0.add("n", ifAny: n)
                try $0.add("r", ifAny: r)
                try $0.add("x", x)
            }
        }
    }

    struct Step: Encodable {
        var x: Int
        var h: [Int]?
        /// Origin.
        var o: Role
        var r: Double?
        var n: Int?
        /// The rejected draft.
        var j: Part?
        /// Alternatives.
        var a: [Part]?

        func encode(to encoder: any Encoder) throws {
            try JSONFields.write(to: encoder) {
                try $0.add("a", ifAny: a)
                try $0.add("h", ifAny: h)
                try $0.add("j", ifAny: j)
                try $0.add("n", ifAny: n)
                try $0.add("o", o.rawValue)
                try $0.add("r", ifAny: r)
                try $0.add("x", x)
            }
        }
    }

    struct Candidate: Encodable {
        var x: Int
        var h: [Int]?
        var finish: Finish
        var answer: String?
        var score: Double?
        var rewards: [Double?]
        var chosen: Bool
    }

    struct Trajectory: Encodable {
        var finish: Finish
        var answer: String?
        var failure: String?
        var verdict: Grade.Verdict
        var reason: String?
        var tokens: TokenCounts
        var steps: [Step]
        var candidates: [Candidate]?

        func encode(to encoder: any Encoder) throws {
            try JSONFields.write(to: encoder) {
                try $0.add("answer", ifAny: answer)
                try $0.add("candidates", ifAny: candidates)
                try $0.add("failure", ifAny: failure)
                try $0.add("finish", finish.rawValue)
                try $0.add("reason", ifAny: reason)
                try $0.add("steps", steps)
                try $0.add("tokens", tokens)
                try $0.add("verdict", verdict.rawValue)
            }
        }
    }

    var question: String
    var gold: String
    /// Names and values of its ``ResultLine/meta``, by name; nil if it has none.
    private(set) var meta: [[String]]?
    private(set) var texts: [String] = []
    /// In the order of the page's index.
    private(set) var trajectories: [Trajectory] = []
    private var places: [String: Int] = [:]

    func encode(to encoder: any Encoder) throws {
        try JSONFields.write(to: encoder) {
            try $0.add("gold", gold)
            try $0.add("meta", ifAny: meta)
            try $0.add("question", question)
            try $0.add("texts", texts)
            try $0.add("trajectories", trajectories)
        }
    }

    init(question: String, gold: String) {
        self.question = question
        self.gold = gold
    }

    mutating func add(_ line: ResultLine) {
        meta = line.meta?.sorted { $0.key < $1.key }.map { [$0.key, $0.value.words] }
        var steps: [Step] = []
        var reader = line.thoughts.map(ThoughtReader.init)
        for step in line.steps {
            let before = reader
            steps.append(
                Step(
                    x: place(step.text), h: reader?.lengths(of: step.text), o: step.origin,
                    r: Self.rounded(step.reward), n: step.dropped,
                    j: step.rejected.map { part($0.text, $0.reward, dropped: $0.dropped, after: before) },
                    a: step.alternatives.map { $0.map { part($0.text, $0.reward, after: before) } }))
        }
        let candidates = line.candidates.map { candidates in
            candidates.map {
                Candidate(
                    x: place($0.text), h: lengths($0), finish: $0.finish, answer: $0.answer,
                    score: Self.rounded($0.score),
                    rewards: $0.rewards.map(Self.rounded), chosen: $0.chosen)
            }
        }
        trajectories.append(
            Trajectory(
                finish: line.finish, answer: line.answer, failure: line.failure, verdict: line.verdict,
                reason: line.verdictReason, tokens: line.tokens, steps: steps, candidates: candidates))
    }

    private mutating func part(
        _ text: String, _ reward: Double?, dropped: Int? = nil, after reader: ThoughtReader?
    ) -> Part {
        var reader = reader
        return Part(x: place(text), h: reader?.lengths(of: text), r: Self.rounded(reward), n: dropped)
    }

    private func lengths(_ candidate: Decoding.Candidate) -> [Int]? {
        var reader = candidate.thoughts.map(ThoughtReader.init)
        return reader?.lengths(of: candidate.text)
    }

    private mutating func place(_ text: String) -> Int {
        if let place = places[text] { return place }
        places[text] = texts.count
        texts.append(text)
        return texts.count - 1
    }

    private static func rounded(_ number: Double?) -> Double? {
        number.map { ($0 * 1e6).rounded() / 1e6 }
    }
}

extension ThoughtReader {
    /// Reads a step and returns the lengths of its parts in UTF-16, alternately thought and answer; nil without thoughts.
    fileprivate mutating func lengths(of step: String) -> [Int]? {
        let parts = read(step)
        guard parts.contains(where: \.isThought) else { return nil }
        return (parts[0].isThought ? [] : [0]) + parts.map(\.text.utf16.count)
    }
}
