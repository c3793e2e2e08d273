/// Finds the thoughts of a response step by step. What it says of a step does not depend on later steps, as a PRM's reward of
/// a step does not. A mark may extend over several steps.
package struct ThoughtReader: Sendable, Equatable {
    /// A part of a step that is all thought, its marks included, or all answer.
    package struct Part: Sendable, Equatable {
        package var text: String
        package var isThought: Bool
    }

    private let begin: [UInt8]
    private let end: [UInt8]
    /// Whether the text so far ends within thoughts.
    package private(set) var isInside: Bool
    /// The end of the text so far, in which a mark may have begun.
    private var tail: [UInt8] = []

    package init(_ thoughts: Thoughts) {
        begin = Array(thoughts.begin.utf8)
        end = Array(thoughts.end.utf8)
        isInside = thoughts.areOpen
    }

    /// Reads the next step.
    ///
    /// - Returns: its parts in order, none of them empty; together they are the step.
    package mutating func read(_ step: String) -> [Part] {
        let longest = max(begin.count, end.count)
        var bytes: [(byte: UInt8, isThought: Bool)] = []
        for byte in step.utf8 {
            bytes.append((byte, isInside))
            tail.append(byte)
            if tail.count > longest { tail.removeFirst() }
            for mark in [begin, end] where byte == mark.last && tail.suffix(mark.count).elementsEqual(mark) {
                for place in max(0, bytes.count - mark.count)..<bytes.count { bytes[place].isThought = true }
                isInside = mark == begin
                tail = []
                break
            }
        }
        var parts: [(text: [UInt8], isThought: Bool)] = []
        for (byte, isThought) in bytes {
            if parts.last?.isThought == isThought {
                parts[parts.count - 1].text.append(byte)
            } else {
                parts.append(([byte], isThought))
            }
        }
        return parts.map { Part(text: String(decoding: $0.text, as: UTF8.self), isThought: $0.isThought) }
    }

    /// Reads the next step and returns its text outside the thoughts, or nil if there is none: an empty step within the thoughts,
    /// or one with nothing but blanks outside them.
    package mutating func answer(in step: String) -> String? {
        let parts = read(step)
        guard parts.contains(where: \.isThought) else { return parts.isEmpty && isInside ? nil : step }
        let text = parts.filter { !$0.isThought }.map(\.text).joined().drop(while: \.isWhitespace)
        return text.isEmpty ? nil : String(text)
    }
}

extension Thoughts {
    /// The parts of each step.
    package func parts(of steps: [String]) -> [[ThoughtReader.Part]] {
        var reader = ThoughtReader(self)
        return steps.map { reader.read($0) }
    }
}

extension Scoring {
    /// The same request without the thoughts: only the steps that have text outside them, without the text within.
    ///
    /// - Returns: also the index that each of its steps has here.
    package func withoutThoughts(_ thoughts: Thoughts) -> (scoring: Scoring, places: [Int]) {
        var reader = ThoughtReader(thoughts)
        let answers = steps.map { reader.answer(in: $0) }
        let places = answers.indices.filter { answers[$0] != nil }
        let scoring = Scoring(
            steps: answers.compactMap(\.self), unscored: unscored.compactMap(places.firstIndex),
            undecided: places.firstIndex { $0 >= undecided } ?? places.count, candidate: candidate)
        return (scoring, places)
    }
}
