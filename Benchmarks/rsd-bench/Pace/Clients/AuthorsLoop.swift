import Decoding
import Foundation
import ModelLifecycle

/// Reward-guided decoding as its authors run it (`main_online.py` of BaohaoLiao/RSD): in rounds, with one request for each role and
/// round. The draft writes one step of every unfinished problem, the PRM scores all of them, the target rewrites those that fall
/// short. Their rule that ends a whole batch when no problem has ended for some rounds is left out.
struct AuthorsLoop: Sendable {
    struct Result: Sendable {
        var rounds = 0
        var requests = 0
        /// By problem.
        var solutions: [String] = []
        var targetSteps = 0
        var steps = 0
    }

    /// Base addresses of servers for draft, target and PRM, and the names under which they serve their models.
    var servers: [Role: HTTPEndpoint]
    var names: [Role: String]
    var threshold: Double
    var maxTokens = 4096
    var maxSteps = 100
    let http = HTTPClient()

    private struct Answer: Decodable {
        struct Choice: Decodable {
            var index: Int
            var text: String
            var stop_reason: Stop?
        }
        enum Stop: Decodable {
            case text(String)
            case token(Int)

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let token = try? container.decode(Int.self) {
                    self = .token(token)
                } else {
                    self = .text(try container.decode(String.self))
                }
            }
        }
        var choices: [Choice]
    }

    private struct Step {
        var text: String
        var isLast: Bool
    }

    private static let delimiter = "\n\n"

    /// - Parameter prompts: one for each problem.
    /// - Throws: ``BenchFailure`` if a server refuses a request.
    func run(_ prompts: [String]) async throws -> Result {
        var result = Result()
        result.solutions = Array(repeating: "", count: prompts.count)
        var open = Array(prompts.indices)
        while !open.isEmpty, result.rounds < maxSteps {
            let texts = open.map { prompts[$0] + result.solutions[$0] }
            var steps = try await write(texts, .draft)
            let rewards = try await score(zip(texts, steps).map { $0 + $1.text })
            let fallen = open.indices.filter { rewards[$0] < threshold }
            result.requests += 2
            if !fallen.isEmpty {
                for (place, step) in zip(fallen, try await write(fallen.map { texts[$0] }, .target)) {
                    steps[place] = step
                }
                result.requests += 1
            }
            for (place, problem) in open.enumerated() { result.solutions[problem] += steps[place].text }
            result.rounds += 1
            result.steps += open.count
            result.targetSteps += fallen.count
            open = zip(open, steps).filter { !$1.isLast }.map(\.0)
        }
        return result
    }

    private func write(_ prompts: [String], _ role: Role) async throws -> [Step] {
        struct Question: Encodable {
            var model: String
            var prompt: [String]
            var max_tokens: Int
            var temperature = 0.0
            var stop = [AuthorsLoop.delimiter]
        }
        let question = Question(model: names[role] ?? role.rawValue, prompt: prompts, max_tokens: maxTokens)
        let answer: Answer = try await ask("/v1/completions", question, role)
        guard answer.choices.count == prompts.count else {
            throw BenchFailure(description: "\(answer.choices.count) texts for \(prompts.count) prompts")
        }
        return answer.choices.sorted { $0.index < $1.index }.map { choice in
            // The server leaves the stop string out.
            if case .text = choice.stop_reason { return Step(text: choice.text + Self.delimiter, isLast: false) }
            return Step(text: choice.text, isLast: true)
        }
    }

    /// The score of the last token of each text, from a token classifier.
    private func score(_ texts: [String]) async throws -> [Double] {
        struct Question: Encodable {
            var model: String
            var input: [String]
        }
        struct Scores: Decodable {
            struct Item: Decodable {
                var index: Int
                var data: [[Double]]
            }
            var data: [Item]
        }
        let question = Question(model: names[.prm] ?? Role.prm.rawValue, input: texts)
        let scores: Scores = try await ask("/pooling", question, .prm)
        let rewards = scores.data.sorted { $0.index < $1.index }.compactMap { $0.data.last?.first }
        guard rewards.count == texts.count else {
            throw BenchFailure(description: "\(rewards.count) scores for \(texts.count) texts")
        }
        return rewards
    }

    private func ask<Answer: Decodable>(_ path: String, _ question: some Encodable, _ role: Role) async throws -> Answer
    {
        guard let server = servers[role] else { throw BenchFailure(description: "no server for the \(role.rawValue)") }
        let request = HTTPRequest(
            .post, server, path, body: try JSONEncoder().encode(question), deadline: .seconds(36_000))
        let response = try await http.send(request)
        guard response.status == 200 else {
            let text = String(decoding: response.body.prefix(500), as: UTF8.self)
            throw BenchFailure(description: "\(server.base)\(path) answered \(response.status): \(text)")
        }
        return try JSONDecoder().decode(Answer.self, from: response.body)
    }
}
