import Answers
import Foundation
import ModelLifecycle
import RunStore
import Support

/// A process that grades one answer after another, over JSON Lines.
struct MathVerifyWorker {
    private let process: HelperProcess
    private let socket: LineSocket

    /// - Throws: ``GraderUnavailable`` if it does not start.
    static func start(_ worker: MathVerifyGrader.Worker, limit: Duration, processes: GraderProcesses) async throws
        -> MathVerifyWorker
    {
        let socket = try LineSocket()
        let process: HelperProcess
        do {
            process = try await processes.start(worker.executable, worker.arguments, talk: socket.forChild)
        } catch {
            socket.shutDown()
            throw error
        }
        socket.childStarted()
        let started = MathVerifyWorker(process: process, socket: socket)
        do {
            guard let ready = try await socket.firstLine(atMost: limit) else {
                throw GraderUnavailable(
                    "the grader did not start within \(limit / .seconds(1)) s", remedy: "See \(process.log).")
            }
            guard ready != nil else {
                throw GraderUnavailable("the grader exited while starting: \(Self.lastWords(process.log))")
            }
        } catch {
            try await started.end()
            throw error
        }
        return started
    }

    private struct Question: Encodable {
        var answer: String?
        var text: String
        var gold: String
    }

    private struct Reply: Decodable {
        var verdict: Grade.Verdict
        var reason: String?
        var answer: String?
    }

    /// - Returns: the grade, and whether the worker can continue.
    func judge(_ pair: GradingPair, limit: Duration) async throws -> (Grade, isAlive: Bool) {
        let gold = AnswerExtraction.boxed(in: pair.gold) ?? pair.gold
        let isTold = pair.isCut || pair.text.isEmpty
        let answer = AnswerExtraction.marked(in: pair.text) ?? (isTold ? pair.answer : nil)
        let question = Question(answer: answer, text: AnswerExtraction.finalText(of: pair.text), gold: gold)
        let line = String(decoding: try JSONEncoder().encode(question), as: UTF8.self)
        guard let reply = try await socket.ask(line, atMost: limit) else {
            return (Grade(.timeout, reason: "math-verify took more than \(limit / .seconds(1)) s"), false)
        }
        guard let reply else {
            return (Grade(.error, reason: "the grader died of it: \(await how())"), false)
        }
        guard let said = try? JSONDecoder().decode(Reply.self, from: Data(reply.utf8)) else {
            return (Grade(.error, reason: "the grader gave no verdict but \(quoted(reply))"), false)
        }
        return (Grade(said.verdict, reason: said.reason, answer: said.answer), true)
    }

    func end() async throws {
        socket.shutDown()
        try await process.end()
    }

    private func how() async -> String {
        let status = try? await process.child.exit.wait(atMost: .seconds(5))
        return (status ?? nil).map { "\($0)" } ?? "it closed its output"
    }

    private static func lastWords(_ log: String) -> String {
        let text = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).last.map(String.init) ?? "no output"
    }
}
