import Foundation
import Support

/// Reads a data set and reports all its errors before any model starts.
package struct DatasetReader {
    package let spec: DatasetSpec
    package private(set) var problems: [Problem] = []
    /// Number of records read, used or not.
    package private(set) var records = 0
    private let reader: RecordReader
    private var meta: MetaFields
    private var faults: RepeatedFaults
    private var lineOfId: [String: Int] = [:]
    private var linesWithoutAnswer: [Int] = []

    /// - Parameter file: the path or address for messages.
    package init(_ spec: DatasetSpec, showing file: String) {
        self.spec = spec
        faults = RepeatedFaults(file: file)
        reader = RecordReader(spec)
        meta = MetaFields(spec)
    }

    /// Errors, each kind once and at most ten of them; then warnings.
    package var diagnostics: [Diagnostic] {
        guard let first = linesWithoutAnswer.first else { return faults.diagnostics }
        let message = "\(counted(linesWithoutAnswer.count, "problem")) without an answer, counted as wrong"
        return faults.diagnostics + [
            Diagnostic(.warning, file: faults.file, line: first, message: message)
        ]
    }

    /// Reads the selected problems, in the spec's order.
    package mutating func read(_ data: Data) {
        do throws(Diagnostic) {
            let file = try TextFile(file: faults.file, data)
            file.bytes.withUnsafeBytes { raw in
                do throws(RecordFault) {
                    try read(raw.bindMemory(to: UInt8.self))
                } catch {
                    faults.add(error)
                }
            }
        } catch {
            faults.add(error.message, error)
        }
        if records == 0, !faults.hasErrors {
            let empty = Diagnostic(file: faults.file, message: "the data set is empty")
            faults.add(empty.message, empty)
        }
    }

    private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(RecordFault) {
        var selection = RecordSelection(start: spec.start, limit: spec.limit)
        if let seed = spec.shuffle {
            var counter = spec.resolvedFormat.scanner(bytes)
            var count = 0
            while try counter.next(isWanted: false) != nil { count += 1 }
            selection = RecordSelection(shuffling: count, seed: seed, start: spec.start, limit: spec.limit)
        }
        var scanner = spec.resolvedFormat.scanner(bytes)
        var taken: [(place: Int, problem: Problem)] = []
        while records < selection.end {
            let place = selection.place(of: records)
            guard let scanned = try scanner.next(isWanted: place != nil) else { break }
            switch scanned {
            case .unread: break
            case .fault(let fault): faults.add(fault)
            case .record(let record, let line):
                if let place, let problem = problem(record, number: records, line: line) {
                    taken.append((place, problem))
                }
            }
            records += 1
        }
        if let expected = spec.records {
            while try scanner.next(isWanted: false) != nil { records += 1 }
            if records != expected {
                let message = "the data set has \(counted(records, "record")), but 'records' is \(expected)"
                let miscount = Diagnostic(file: faults.file, message: message)
                faults.add(message.kindOfMessage, miscount)
            }
        }
        problems = taken.sorted { $0.place < $1.place }.map(\.problem)
        meta.settle(&problems)
        for (fault, line) in meta.faults {
            let file = faults.file
            faults.add(
                "meta \(fault.kind)", Diagnostic(file: file, line: line, message: "'meta': \(fault.message)"))
        }
    }

    private mutating func problem(_ record: Record, number: Int, line: Int) -> Problem? {
        var record = record
        record.uses = meta.uses
        var faults: [FieldFault] = []
        func part<Value>(_ read: () throws -> Value) -> Value? {
            do {
                return try read()
            } catch {
                faults.append(error as? FieldFault ?? .other("\(error)"))
                return nil
            }
        }
        let question = part { try reader.question(record) }
        let choices = reader.choices.flatMap { read in part { try read(record) } }
        // Do not check the answer against choices that could not be read.
        let answer =
            reader.choices != nil && choices == nil
            ? nil : part { try reader.answer(record, choices) }
        let id = part { try identifier(of: record, number: number, line: line) }
        if let question, question.allSatisfy(\.isWhitespace) { faults.append(.other("the question is empty")) }
        let file = self.faults.file
        for fault in faults { self.faults.add(fault.kind, Diagnostic(file: file, line: line, message: fault.message)) }
        lookForSlips(in: [("question", question), ("answer", answer)], line: line)
        lookForSlips(in: (choices?.texts ?? []).map { ("choice", $0) }, line: line)
        if let answer, answer.allSatisfy(\.isWhitespace) { linesWithoutAnswer.append(line) }
        record.uses = nil
        let meta = self.meta.values(of: record, line: line)
        guard let id, let question, let answer else { return nil }
        return Problem(
            dataset: spec.name, id: id, question: reader.wholeQuestion(question, choices, answer: answer),
            choices: choices?.texts ?? [], answer: answer, meta: meta)
    }

    private mutating func lookForSlips(in parts: [(name: String, text: String?)], line: Int) {
        for (name, text) in parts {
            guard let slip = text.flatMap(ControlCharacter.init(in:)) else { continue }
            let isEscape = slip.command != nil && !spec.resolvedFormat.numbersAreText
            faults.warn(
                "\(name) \(slip.command != nil)",
                "the \(name) contains \(slip.words)\(isEscape ? "; in JSON, double every backslash" : "")", line: line
            )
        }
    }

    private mutating func identifier(of record: Record, number: Int, line: Int) throws(FieldFault) -> String {
        guard let field = spec.id else { return String(number) }
        let value = try record.value(field)
        let id: String
        switch value {
        case .string(let text): id = text
        case .number(let text) where !text.utf8.contains(where: Self.isFraction): id = text
        default: throw .unexpected("text or a whole number", in: field, value)
        }
        if id.isEmpty || id.unicodeScalars.contains(where: \.isControl) {
            throw .other("\(quoted(id)) in '\(field)' is not a valid id: it is empty or contains a control character")
        }
        if let first = lineOfId[id] {
            throw .other("duplicate id \(quoted(id)); first used on line \(first)")
        }
        lineOfId[id] = line
        return id
    }

    /// Whether this character shows that a number is not written as a whole number.
    private static func isFraction(_ character: UInt8) -> Bool {
        [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(character)
    }
}
