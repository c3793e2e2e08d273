import Foundation
import TestSupport
@testable import Hub
@testable import JobSpecs
@testable import Support
import Testing

/// A directory with everything that a good job names: three tiny checkpoints, a data set, a prompt file.
struct SpecFixture: ~Copyable {
    static let job = #"""
        name: demo
        seed: 7
        models:
          draft: { model: models/draft }
          target: { model: models/target }
          prm: { model: models/prm, profile: token-classification }
        engine:
          kind: pocket
          concurrency: 8
        datasets:
          - { name: heldout, path: problems.jsonl }
        prompt: "{question}\n\n"
        decoding: { delimiter: "\n\n", max_tokens: 64, temperature: 0 }
        methods:
          - { rsd: { threshold: 0.7 } }
          - target_only
        grading: { with: exact }

        """#

    static let problems = """
        {"question": "1+1?", "answer": "2", "uid": "a"}
        {"question": "2+2?", "answer": 4, "uid": "b"}
        {"question": "3+3?", "answer": 6, "uid": "c"}

        """

    private let scratch: Scratch
    var directory: URL { scratch.url }

    init() throws {
        let scratch = try Scratch(inMemory: true)
        for role in ["draft", "target", "prm"] {
            let architectures = role == "prm" ? "" : #""Qwen2ForCausalLM""#
            try scratch.write(
                #"{"architectures": [\#(architectures)], "hidden_size": 4}"#, to: "models/\(role)/config.json")
            try scratch.write(
                #"{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}"#, to: "models/\(role)/tokenizer.json")
            try safetensors(["w": [2, 3], "b": [3]]).write(to: scratch.file("models/\(role)/model.safetensors"))
        }
        try scratch.write(Self.problems, to: "problems.jsonl")
        try scratch.write(Self.job, to: "job.yaml")
        self.scratch = scratch
    }

    /// Makes the target another model than the draft.
    func distinguishTarget() throws {
        try write(
            #"{"architectures": ["Qwen2ForCausalLM"], "hidden_size": 4, "_name_or_path": "target"}"#,
            to: "models/target/config.json")
    }

    func write(_ text: String, to path: String) throws {
        try write(Data(text.utf8), to: path)
    }

    func write(_ data: Data, to path: String) throws {
        try data.write(to: directory.appending(path: path))
    }

    /// Writes the good job with some of its text replaced.
    func writeJob(_ changes: (String, String)...) throws { try writeJob(changes) }

    func writeJob(_ changes: [(String, String)]) throws {
        var job = Self.job
        for (old, new) in changes {
            job.replaceSubrange(try #require(job.range(of: old)), with: new)
        }
        try write(job, to: "job.yaml")
    }

    func path(_ path: String) -> String { directory.appending(path: path).path }

    /// A cache of the hub of its own.
    var lookup: SpecLookup { SpecLookup(cache: HubCache(folder: path("hub"))) }

    func load(_ settings: [String] = [], flags: FlagKnowledge = .notNeeded) throws(SpecErrors) -> LoadedJob {
        try JobLoader.load(
            directory.appending(path: "job.yaml"), settings: settings, models: lookup, flags: flags)
    }

    /// What loading says, with the directory's own name left out of every path.
    func fault(_ settings: [String] = [], flags: FlagKnowledge = .notNeeded) -> String {
        let text: String
        do {
            let job = try load(settings, flags: flags)
            text = (job.warnings.map(\.rendered) + ["loaded"]).joined(separator: "\n")
        } catch {
            text = error.description
        }
        return text.replacing(directory.path + "/", with: "")
    }
}

/// A safetensors file of zeros, with tensors of two bytes a number.
func safetensors(_ shapes: [String: [Int]], fill: UInt8 = 0) -> Data {
    var offset = 0
    var entries: [String] = []
    for (name, shape) in shapes.sorted(by: { $0.key < $1.key }) {
        let size = 2 * shape.reduce(1, *)
        entries.append(
            #""\#(name)":{"dtype":"F16","shape":\#(shape),"data_offsets":[\#(offset),\#(offset + size)]}"#)
        offset += size
    }
    let header = "{\"__metadata__\":{\"format\":\"pt\"}," + entries.joined(separator: ",") + "}"
    var file = Data()
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { file.append(contentsOf: $0) }
    file.append(Data(header.utf8))
    file.append(Data(repeating: fill, count: offset))
    return file
}
