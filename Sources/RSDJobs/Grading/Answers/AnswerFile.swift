import Datasets
import Foundation
import Support

/// A file of answers to grade: JSON Lines with `text` or `answer`, and `gold`.
package struct AnswerFile: Sendable {
    /// Maximum number of errors reported for one file; the rest are counted.
    private static let mostErrors = 100

    /// The path to show in messages.
    package let file: String
    private let data: Data

    /// - Parameter file: the path to show in messages.
    /// - Throws: ``UnusableAnswers`` if it is not UTF-8 text.
    package init(file: String, _ data: Data) throws(UnusableAnswers) {
        self.file = file
        do throws(Diagnostic) {
            self.data = try TextFile(file: file, data).bytes
        } catch {
            throw UnusableAnswers(file: file, diagnostics: [error])
        }
    }

    /// - Parameter path: of a readable file; `-` is standard input.
    /// - Throws: ``UnusableAnswers``.
    package init(path: String) throws {
        if path == "-" {
            try self.init(file: "standard input", try FileHandle.standardInput.readToEnd() ?? Data())
        } else if let data = try? Data(contentsOf: URL(filePath: path), options: .mappedIfSafe) {
            try self.init(file: path, data)
        } else {
            throw UnusableAnswers(
                file: path, diagnostics: [Diagnostic(file: path, message: Unreadable(path).message)])
        }
    }

    /// Checks the whole file.
    ///
    /// - Returns: the number of answers.
    /// - Throws: ``UnusableAnswers`` with all errors.
    package func check() throws -> Int {
        var count = 0
        var diagnostics: [Diagnostic] = []
        var leftOut = 0
        func report(_ line: Int?, column: Int? = nil, _ message: String, source: String? = nil) {
            guard diagnostics.count < Self.mostErrors else { return leftOut += 1 }
            diagnostics.append(
                Diagnostic(file: file, line: line, column: column, message: message, sourceLine: source))
        }
        Self.scan(data, after: 0) { record in
            count += 1
            for fault in record.faults { report(record.number, fault.message) }
        } onFault: { fault in
            report(fault.line, column: fault.column, fault.message, source: fault.sourceLine)
        }
        if leftOut > 0 {
            diagnostics.append(Diagnostic(file: file, message: "and \(leftOut) more", count: leftOut))
        }
        if count == 0, diagnostics.isEmpty { report(nil, "the file has no answers") }
        guard diagnostics.isEmpty else { throw UnusableAnswers(file: file, diagnostics: diagnostics) }
        return count
    }

    /// Reads the answers in order, in portions of about `portion` bytes. Lines that ``check()`` rejects are skipped.
    func forEach(bytes portion: Int, _ body: ([AnswerLine]) async throws -> Void) async throws {
        var (rest, lines) = (data, 0)
        while !rest.isEmpty {
            let least = rest.index(rest.startIndex, offsetBy: portion, limitedBy: rest.endIndex) ?? rest.endIndex
            let end = rest[least...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? rest.endIndex
            var answers: [AnswerLine] = []
            Self.scan(rest[rest.startIndex..<end], after: lines) { answers.append($0) }
            try await body(answers.filter(\.faults.isEmpty))
            lines += rest[rest.startIndex..<end].count { $0 == UInt8(ascii: "\n") }
            rest = rest[end...]
        }
    }

    /// - Parameter lines: number of lines before these bytes.
    private static func scan(
        _ data: Data, after lines: Int, _ body: (AnswerLine) -> Void, onFault: (RecordFault) -> Void = { _ in }
    ) {
        data.withUnsafeBytes { raw in
            var scanner = JSONLinesScanner(raw.bindMemory(to: UInt8.self))
            do throws(RecordFault) {
                while let scanned = try scanner.next(isWanted: true) {
                    switch scanned {
                    case .unread: break
                    case .record(let record, let line): body(AnswerLine(record, number: lines + line))
                    case .fault(let fault): onFault(fault)
                    }
                }
            } catch {
                onFault(error)
            }
        }
    }
}

/// Answers that cannot be graded, with all errors in their file.
package struct UnusableAnswers: ProgramError, Equatable {
    package var file: String
    package var diagnostics: [Diagnostic]

    package var explanation: Explanation {
        let count = diagnostics.reduce(0) { $0 + $1.count }
        return Explanation(
            "answers-unusable", .badJob, "\(counted(count, "error")) in \(file); nothing was graded", remedy: nil,
            diagnostics: diagnostics)
    }
}
