import ArgumentParser
import Decoding
import Foundation
import ModelLifecycle
import PacedEngine

/// Compares programs and the authors' loop on servers that are up: three pocket engines, or three vLLM.
struct PaceServers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "servers",
        abstract: "Compares programs and the authors' loop, in turns, on servers of the demo's models that are up.")

    @Option(help: "The draft's address.") var draft: String
    @Option(help: "The target's address.") var target: String
    @Option(help: "The address of the PRM, a token classifier.") var prm: String
    @Option(help: "The folder with the models.") var models = "demo/models"
    @Option(help: "A data set with questions, a JSON object per line.") var data = "demo/problems.jsonl"
    @Option(help: "An rsd-batch to measure, as for `pace run`.") var binary: [String] = []
    @Flag(help: "Leaves the authors' loop out.") var withoutAuthors = false
    @Option var threshold = 0.7
    @Option(help: "Tokens of a response.") var maxTokens = 200
    @Option(name: .customLong("repeat"), help: "Measurements of each; the table has the medians.") var repetitions = 1

    private struct Sample {
        var wall: Double
        var counts: [Role: ServerCounts]
    }

    func validate() throws {
        try PaceContender.check(binary, authors: !withoutAuthors)
        guard repetitions > 0 else { throw ValidationError("--repeat must be at least 1") }
    }

    func run() async throws {
        let folder = try PaceFolder()
        defer { folder.remove() }
        var contenders = PaceContender.runners(binary)
        if !withoutAuthors { contenders.append(.authors) }
        var samples: [[Sample]] = Array(repeating: [], count: contenders.count)
        for _ in 0..<repetitions {
            for (place, contender) in contenders.enumerated() {
                let before = try await counts()
                let wall = try await wall(of: contender, folder)
                let after = try await counts()
                samples[place].append(Sample(wall: wall, counts: after.merging(before) { $0 - $1 }))
            }
        }
        print("| client | wall, s | iterations d/t/p | written d/t | read d/t/p |")
        print("|---|---|---|---|---|")
        for (contender, samples) in zip(contenders, samples) {
            let sorted = samples.sorted { $0.wall < $1.wall }
            let middle = sorted[sorted.count / 2].counts
            func row(_ roles: [Role], _ value: (ServerCounts) -> Double) -> String {
                roles.map { middle[$0].map { "\(Int(value($0)))" } ?? "–" }.joined(separator: "/")
            }
            print(
                "| \(contender.name) | \(sorted.map { figure($0.wall) }.joined(separator: ", ")) | "
                    + "\(row(PacedMachine.roles, \.iterations)) | \(row([.draft, .target], \.written)) | "
                    + "\(row(PacedMachine.roles, \.read)) |")
        }
    }

    private var servers: [Role: HTTPEndpoint] {
        [.draft: draft, .target: target, .prm: prm].mapValues { HTTPEndpoint(base: $0) }
    }

    private func counts() async throws -> [Role: ServerCounts] {
        let http = HTTPClient()
        var counts: [Role: ServerCounts] = [:]
        for (role, server) in servers {
            let response = try await http.send(HTTPRequest(.get, server, "/metrics"))
            counts[role] = ServerCounts(prometheus: String(decoding: response.body, as: UTF8.self))
        }
        return counts
    }

    private func wall(of contender: PaceContender, _ folder: PaceFolder) async throws -> Double {
        switch contender {
        case .authors:
            let names = try await names()
            let questions = try questions()
            let loop = AuthorsLoop(servers: servers, names: names, threshold: threshold, maxTokens: maxTokens)
            let begin = ContinuousClock.now
            _ = try await loop.run(questions.map { $0 + "\n\n" })
            return (ContinuousClock.now - begin) / .seconds(1)
        case .runner(_, let program, let number, let settings):
            let trial = RunnerTrial(
                program: try folder.install(program, number: number, place: nil),
                job: try folder.writeJob(
                    "servers", engine: "{ kind: vllm, residency: attach }", models: URL(filePath: models),
                    keys: servers.mapValues { ", url: \"\($0.base)\"" }, data: URL(filePath: data),
                    threshold: threshold,
                    maxTokens: maxTokens), settings: settings)
            let directory = folder.root.appending(path: "run-\(UUID().uuidString.prefix(8))")
            let usage = try await trial.run(in: directory)
            try? FileManager.default.removeItem(at: directory)
            return usage.wall
        }
    }

    private func questions() throws -> [String] {
        struct Record: Decodable { var question: String }
        return try String(contentsOfFile: data, encoding: .utf8).split(whereSeparator: \.isNewline)
            .map { try JSONDecoder().decode(Record.self, from: Data($0.utf8)).question }
    }

    private func names() async throws -> [Role: String] {
        struct Models: Decodable {
            struct Card: Decodable { var id: String }
            var data: [Card]
        }
        let http = HTTPClient()
        var names: [Role: String] = [:]
        for (role, server) in servers {
            let response = try await http.send(HTTPRequest(.get, server, "/v1/models"))
            names[role] = try JSONDecoder().decode(Models.self, from: response.body).data.first?.id
        }
        return names
    }
}

/// What a server's metrics count.
struct ServerCounts {
    var iterations: Double
    var written: Double
    /// Tokens of prompts that were not in the cache.
    var read: Double

    init(prometheus text: String) {
        var sums: [Substring: Double] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("vllm:") {
            guard let value = line.split(separator: " ").last.flatMap({ Double($0) }) else { continue }
            sums[line.prefix { $0 != "{" && $0 != " " }, default: 0] += value
        }
        iterations = sums["vllm:iteration_tokens_total_count"] ?? 0
        written = sums["vllm:generation_tokens_total"] ?? 0
        read = (sums["vllm:prompt_tokens_total"] ?? 0) - (sums["vllm:prefix_cache_hits_total"] ?? 0)
    }

    static func - (one: Self, other: Self) -> Self {
        var difference = one
        difference.iterations -= other.iterations
        difference.written -= other.written
        difference.read -= other.read
        return difference
    }
}
