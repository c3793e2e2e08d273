import Foundation
import TestSupport

@testable import PocketEngine

/// The checkpoints beside this source and what transformers says of them; `Fixtures/make.py` makes both.
enum Fixture: String, CaseIterable {
    case tied = "causal-tied"
    case untied = "causal-untied"
    case prm

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    var folder: URL { Self.root.appending(path: rawValue) }

    /// An engine of its own, with one thread unless told otherwise. The caller stops it.
    func engine(threads: Int = 1, maxModelLength: Int? = nil) throws -> Engine {
        try Engine(folder: folder, maxModelLength: maxModelLength, threads: threads)
    }

    /// A copy of the checkpoint that a test may spoil.
    func copy(to scratch: Scratch) throws -> URL {
        let copy = scratch.file(UUID().uuidString)
        try FileManager.default.copyItem(at: folder, to: copy)
        return copy
    }

    /// A copy with some keys of one of its JSON files changed, or taken out with `NSNull`.
    func copy(to scratch: Scratch, changing file: String, _ changes: [String: any Sendable]) throws -> URL {
        let copy = try copy(to: scratch)
        let path = copy.appending(path: file)
        var object = try JSONSerialization.jsonObject(with: Data(contentsOf: path)) as? [String: Any] ?? [:]
        for (key, value) in changes { object[key] = value }
        object = object.filter { !($0.value is NSNull) }
        try JSONSerialization.data(withJSONObject: object).write(to: path)
        return copy
    }
}

struct Golden: Decodable {
    struct Text: Decodable {
        let text: String
        let ids: [Int]
        let decoded: String
    }

    struct Causal: Decodable {
        let prompt: [Int]
        /// Forty ids, the end-of-sequence token ignored.
        let greedy: [Int]
        let lastLogits: [Float]
        /// Logit 7 at every position of the prompt.
        let firstOfEachRow: [Float]
        /// Log-probabilities of `prompt` after its first token, and of `greedy`.
        let logprobs: [Float]
    }

    struct Reward: Decodable {
        let prompt: [Int]
        let raw: [Float]
        let scores: [Float]
    }

    private enum CodingKeys: String, CodingKey {
        case texts, prm
        case tied = "causal-tied"
        case untied = "causal-untied"
    }

    let texts: [Text]
    let tied: [Causal]
    let untied: [Causal]
    let prm: [Reward]

    static let shared: Result<Golden, any Error> = Result {
        try JSONDecoder().decode(
            Golden.self, from: Data(contentsOf: Fixture.root.appending(path: "golden.json")))
    }

    func causal(_ fixture: Fixture) -> [Causal] { fixture == .tied ? tied : untied }
}
