import Decoding
import Foundation
import JobSpecs
import ModelLifecycle
@testable import Runner
import Testing

/// A solution that is written step by step, each step asked for from what stands so far, is the one that is written in one
/// go: the seams between steps leave no trace.
@Suite(.onRealVLLM, .timeLimit(.minutes(60))) struct SeamTests {
    @Test("12 solutions written step by step are those written in one go")
    func leaveNoTrace() async throws { try await Self.expectSameTexts(of: 12) }

    static func expectSameTexts(of count: Int) async throws {
        let questions = try questions().prefix(count)
        try await ServedModel.with("target", TestModels.path("smollm2")) { served in
            let figures = try await measure(Array(questions), served.session())
            print(figures)
            #expect(figures.solutions == count)
            // So many have seams at all that the comparison means something.
            #expect(2 * figures.withSeams >= count)
            #expect(
                Double(figures.safe) >= 0.95 * Double(figures.solutions),
                "\(figures.differences.joined(separator: "\n"))")
            // Else the seams of this model would not need the care, and the test would show nothing.
            #expect(figures.plain < figures.safe)
        }
    }

    private struct Figures: CustomStringConvertible {
        var solutions = 0
        var withSeams = 0
        var seams = 0
        var safe = 0
        var plain = 0
        var differences: [String] = []

        var description: String {
            "of \(solutions) solutions, \(withSeams) with \(seams) seams: equal to the uninterrupted text from safe ids "
                + "\(safe), from plain text \(plain)"
        }
    }

    private struct Solutions: Sendable {
        var whole: [String]
        var safe: [String]
        var plain: [String]
    }

    private static func measure(_ questions: [String], _ session: ModelSession) async throws -> Figures {
        var figures = Figures()
        try await withThrowingTaskGroup(of: (Int, Solutions).self) { group in
            for (index, question) in questions.enumerated() {
                group.addTask { (index, try await solutions(to: question, session)) }
            }
            for try await (index, solutions) in group {
                let whole = solutions.whole.joined()
                let seams = solutions.safe.count { session.splitter.endsWithDelimiter($0) }
                figures.solutions += 1
                figures.seams += seams
                figures.withSeams += seams > 0 ? 1 : 0
                figures.plain += solutions.plain.joined() == whole ? 1 : 0
                if solutions.safe.joined() == whole {
                    figures.safe += 1
                } else {
                    figures.differences.append("\(index): \(solutions.whole) and \(solutions.safe)")
                }
            }
        }
        return figures
    }

    private static func solutions(to question: String, _ session: ModelSession) async throws -> Solutions {
        let prompt = PromptSpec.chat(ChatPrompt(user: "{question}")).before(question)
        let whole = try await Generator(decoding: decoding).ask(
            Generation(role: .target, steps: [], stopsAtDelimiter: false, maxTokens: decoding.maxTokens),
            prompt: prompt,
            seed: 0, of: session)
        return Solutions(
            whole: whole.steps.map(\.text),
            safe: try await stepByStep { steps, left in
                try await Generator(decoding: decoding).ask(
                    Generation(role: .target, steps: steps, stopsAtDelimiter: true, maxTokens: left), prompt: prompt,
                    seed: 0, of: session)
            },
            plain: try await stepByStep { steps, left in
                try await fromPlainText(steps, left, prompt, session)
            })
    }

    private static let decoding: DecodingSpec = {
        var decoding = DecodingSpec.standard
        decoding.tokens = .response(200)
        return decoding
    }()

    private static func stepByStep(
        _ ask: (_ steps: [String], _ left: Int) async throws -> Generated
    ) async throws -> [String] {
        var (steps, left): ([String], Int) = ([], decoding.maxTokens)
        while left > 0 {
            let answer = try await ask(steps, left)
            steps += answer.steps.map(\.text)
            left -= answer.steps.reduce(0) { $0 + $1.tokens }
            if answer.end != .delimiter { break }
        }
        return steps
    }

    /// What one gets who sends the text so far: the same but for the tokens of the last delimiter.
    private static func fromPlainText(
        _ steps: [String], _ left: Int, _ prompt: ProblemPrompt, _ session: ModelSession
    ) async throws -> Generated {
        var ids = try await session.tokens(of: prompt)
        if !steps.isEmpty {
            ids += try await session.client.tokenize(steps.joined(), addSpecialTokens: false).tokens
        }
        let completion = try await session.client.complete(
            CompletionRequest(promptTokens: ids, maxTokens: left, seed: 0, stop: [decoding.delimiter]))
        let stop: Generated.Stop =
            switch completion.finish {
            case .eos: .eos
            case .stop: .stopString
            default: .length
            }
        return try #require(
            Generated(
                role: .target, text: completion.text, pieces: try await session.pieces(of: completion.tokenIDs),
                stop: stop, lengthMeans: .maxTokens, promptTokens: ids.count, splitter: session.splitter))
    }

    private static func questions() throws -> [String] {
        struct Line: Decodable { var question: String }
        return try GradeSchool.lines.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)).question }
    }
}
