import Decoding
import Support

/// Reads the responses in a journal, which are nearly all of its lines, without the detours of `Decodable`.
struct EventReader {
    private let tape: JSONTape

    /// - Returns: nil for other records and for what it does not understand: `Decodable` has to decide.
    static func read(_ line: UnsafeBufferPointer<UInt8>) -> JournalRecord? {
        guard let tape = JSONTape(line), let record = EventReader(tape: tape).record, !tape.isUnsure else { return nil }
        return record
    }

    private var record: JournalRecord? {
        switch text("kind") {
        case "generated": generated.flatMap { event(.generated($0)) }
        case "scored": scored.flatMap { event(.scored($0)) }
        case "likelihood": likelihood.flatMap { event(.likelihood($0)) }
        default: nil
        }
    }

    private func event(_ event: Event) -> JournalRecord? {
        guard let method = text("method"), let dataset = text("dataset"), let problem = text("problem"),
            let sample = integer("sample"), let origin
        else { return nil }
        return .event(
            TrajectoryID(method: method, dataset: dataset, problem: problem, sample: sample), event, origin)
    }

    private var generated: Generated? {
        guard let role = text("role").flatMap(Role.init), let end = text("end").flatMap(StepEnd.init),
            let prompt = count("prompt"), let candidate = candidate, let steps = list("steps", of: step)
        else { return nil }
        return Generated(
            role: role, steps: steps, end: end, promptTokens: prompt, seam: integer("seam"), beyond: count("beyond"),
            candidate: candidate)
    }

    private func step(_ value: Int) -> StepText? {
        guard let text = tape.field("text", of: value).flatMap(tape.string),
            let tokens = tape.field("tokens", of: value).flatMap(count)
        else { return nil }
        guard tape.field("likelihoods", of: value) != nil else { return StepText(text: text, tokens: tokens) }
        return tape.field("likelihoods", of: value).flatMap(likelihoods).map {
            StepText(text: text, tokens: tokens, likelihoods: $0)
        }
    }

    private var likelihood: Likelihood? {
        guard let role = text("role").flatMap(Role.init), let prompt = count("prompt"), let candidate = candidate,
            let steps = list("steps", of: likelihoods)
        else { return nil }
        return Likelihood(role: role, steps: steps, promptTokens: prompt, candidate: candidate)
    }

    private func likelihoods(_ value: Int) -> TokenLikelihoods? {
        func floats(_ name: String) -> [Float]? {
            tape.field(name, of: value).flatMap { list($0) { tape.number($0).map(Float.init) } }
        }
        func has(_ name: String) -> Bool { tape.field(name, of: value) != nil }
        let (entropies, margins) = (floats("entropies"), floats("margins"))
        guard let logprobs = floats("logprobs"), (entropies != nil) == has("entropies"),
            (margins != nil) == has("margins")
        else { return nil }
        return TokenLikelihoods(logprobs: logprobs, entropies: entropies, margins: margins)
    }

    private var scored: Scored? {
        guard let rewards = list("rewards", of: tape.number), let tokens = list("tokens", of: count),
            let prompt = count("prompt"), let candidate = candidate,
            let dropped = has("dropped") ? list("dropped", of: count) : [],
            let overlong = has("overlong") ? list("overlong", of: tape.integer) : [],
            let role = has("role") ? text("role").flatMap(Role.init) : .prm
        else { return nil }
        return Scored(
            role: role, rewards: rewards, tokens: tokens, promptTokens: prompt, dropped: dropped, overlong: overlong,
            isOnePass: has("readings"), readAhead: count("read_ahead") ?? 0, candidate: candidate)
    }

    private var candidate: Int? { has("candidate") ? integer("candidate") : 0 }

    private var origin: AnswerOrigin? {
        var origin = AnswerOrigin(source: integer("from"))
        if has("begin") {
            guard let begin = number("begin"), let seconds = number("seconds") else { return nil }
            origin.asked = TimeSpan(begin: begin, seconds: seconds)
        }
        if let digest = text("request") {
            origin.request = RequestFingerprint(
                digest: digest, maxTokens: integer("max_tokens"), undecided: integer("undecided"))
        }
        if has("readings") {
            guard let readings = list("readings", of: { tape.string($0).flatMap { ReadingKey($0) } }) else {
                return nil
            }
            origin.readings = readings
        }
        return origin
    }

    // MARK: Fields

    private func field(_ name: String) -> Int? { tape.field(name, of: 0) }
    private func has(_ name: String) -> Bool { field(name) != nil }
    private func text(_ name: String) -> String? { read(name, tape.string) }
    private func number(_ name: String) -> Double? { read(name, tape.number) }
    private func integer(_ name: String) -> Int? { read(name, tape.integer) }
    private func count(_ name: String) -> Int? { read(name, count) }

    /// nil if there is no such field. If it is there, it has to be of this kind.
    private func read<Value>(_ name: String, _ read: (Int) -> Value?) -> Value? {
        guard let value = field(name) else { return nil }
        return read(value) ?? tape.unsure()
    }

    private func count(_ value: Int) -> Int? { tape.integer(value).flatMap(Counted.init(checking:))?.wrappedValue }

    private func list<Value>(_ name: String, of read: (Int) -> Value?) -> [Value]? {
        field(name).flatMap { list($0, of: read) }
    }

    /// nil if this is no list, or one of its elements cannot be read.
    private func list<Value>(_ list: Int, of read: (Int) -> Value?) -> [Value]? {
        guard let elements = tape.elements(of: list) else { return nil }
        var values: [Value] = []
        for element in elements {
            guard let value = read(element) else { return nil }
            values.append(value)
        }
        return values
    }
}
