import Foundation
import JobSpecs
import ModelLifecycle
import RunStore
import Support

/// A grader that runs the user's own program, which reads questions and writes verdicts as JSON Lines.
///
/// The program is started once for all answers. Its verdicts count only if it exits with status 0 within the time limit. An
/// answer without a verdict is an error, never wrong.
struct CommandGrader: Grader {
    let command: GraderCommand
    let processes: @Sendable () throws -> GraderProcesses

    var startsProcesses: Bool { true }

    func prepare() throws -> String {
        _ = try executable()
        return "command: \(command.words.joined(separator: " "))"
    }

    func grade(_ pairs: [GradingPair]) async throws -> [Grade] {
        guard !pairs.isEmpty else { return [] }
        let folder = FileManager.default.temporaryDirectory.appending(path: "rsd-grading-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (input, output) = (folder.appending(path: "questions.jsonl"), folder.appending(path: "verdicts.jsonl"))
        try Self.questions(pairs).write(to: input)
        let process = try await processes().start(
            executable(), Array(command.words.dropFirst()), workingDirectory: command.directory,
            talk: .files(input: input.path, output: output.path))
        let status = await Result { try await process.child.exit.wait(atMost: .seconds(command.timeout)) }
        try await process.end()
        return try grades(
            of: pairs, said: FileManager.default.contents(atPath: output.path) ?? Data(), status: status.get(),
            log: URL(filePath: process.log).lastPathComponent)
    }

    private func executable() throws -> String {
        let word = command.words[0]
        if word.contains("/") {
            let path = plainPath(word.hasPrefix("/") ? word : "\(command.directory)/\(word)")
            if SearchPath.isProgram(path) { return path }
            throw GraderUnavailable(
                "the grader \(path) does not exist or is not executable", remedy: "Make it executable with chmod +x.")
        }
        guard let path = SearchPath().program(word) else {
            throw GraderUnavailable("the grader \(word) is not on PATH")
        }
        return path
    }

    // MARK: Lines

    private struct Question: Encodable {
        var id: String
        var dataset: String
        var question: String
        var text: String
        var answer: String?
        var gold: String
        var choices: [String]?
    }

    private static func questions(_ pairs: [GradingPair]) throws -> Data {
        try JSONText.lines(
            pairs.map { pair in
                Question(
                    id: pair.id, dataset: pair.dataset, question: pair.question, text: pair.text, answer: pair.answer,
                    gold: pair.gold, choices: pair.choices.isEmpty ? nil : pair.choices)
            })
    }

    private struct Line: Decodable {
        var id: String
        var correct: Bool
        var answer: String?
        var reason: String?
    }

    /// - Parameter status: nil if it was killed at the time limit.
    private func grades(of pairs: [GradingPair], said: Data, status: ExitStatus?, log: String) -> [Grade] {
        if let status, status != .exited(code: 0) {
            return pairs.map { _ in Grade(.error, reason: "the grader ended with \(status); see logs/\(log)") }
        }
        var lines: [String: Line] = [:]
        var disputed: Set<String> = []
        var fault: String?
        for (index, bytes) in said.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
        where bytes.contains(where: { $0 > 0x20 }) {
            guard let line = try? JSONDecoder().decode(Line.self, from: bytes) else {
                fault =
                    fault
                    ?? "line \(index + 1) of its output is no verdict: \(quoted(String(decoding: bytes, as: UTF8.self)))"
                continue
            }
            if let earlier = lines[line.id], earlier.correct != line.correct { disputed.insert(line.id) }
            lines[line.id] = line
        }
        return pairs.map { pair in
            if disputed.contains(pair.id) { return Grade(.error, reason: "the grader gave two verdicts") }
            if let line = lines[pair.id] {
                return Grade(line.correct ? .right : .wrong, reason: line.reason, answer: line.answer)
            }
            guard status != nil else {
                return Grade(.timeout, reason: "the grader took more than \(command.timeout.plain) s")
            }
            return Grade(.error, reason: "the grader gave no verdict" + (fault.map { "; \($0)" } ?? ""))
        }
    }
}
