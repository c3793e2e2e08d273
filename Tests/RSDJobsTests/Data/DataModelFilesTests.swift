@testable import Checkpoints
import Foundation
import Testing

@Suite("The files of a model")
struct DataModelFilesTests {
    private static let weights = "models/draft/model.safetensors"
    private var weights: String { Self.weights }

    /// Two shards of an index, of which the second is missing.
    private static func shard(_ fixture: borrowing SpecFixture) throws {
        try FileManager.default.removeItem(atPath: fixture.path(weights))
        try fixture.write(
            #"{"metadata": {"total_size": 1}, "weight_map": {"a": "1.safetensors", "b": "2.safetensors", "c": "2.safetensors"}}"#,
            to: "models/draft/model.safetensors.index.json")
        try fixture.write(safetensors(["a": [5]]), to: "models/draft/1.safetensors")
    }

    private static func bin(_ fixture: borrowing SpecFixture, _ data: Data) throws {
        try FileManager.default.removeItem(atPath: fixture.path(weights))
        try fixture.write(data, to: "models/draft/pytorch_model.bin")
    }

    /// What is said of the draft model after its files were changed.
    private func fault(_ change: (borrowing SpecFixture) throws -> Void) throws -> String {
        let fixture = try SpecFixture()
        try change(fixture)
        do {
            let size = try ModelFiles(directory: fixture.path("models/draft")).size
            return size.parameters.map { "\($0) parameters" } ?? size.source
        } catch {
            return error.description.replacing(fixture.directory.path + "/", with: "")
        }
    }

    @Test("parameters are counted in one file")
    func single() throws {
        #expect(try fault { _ in } == "9 parameters")
        #expect(
            try fault { try $0.write(safetensors(["s": [], "m": [3, 4], "e": [0, 7]]), to: weights) }
                == "13 parameters")
        let fixture = try SpecFixture()
        #expect(try ModelFiles.parameterCount(directory: fixture.path("models/draft")) == 9)
    }

    @Test("parameters are counted in all shards of an index")
    func shards() throws {
        let complete = try fault {
            try Self.shard($0)
            try $0.write(safetensors(["b": [7], "c": [2, 2]]), to: "models/draft/2.safetensors")
        }
        #expect(complete == "16 parameters")
    }

    @Test("PyTorch's own files are taken where there are no others, as some PRMs are published")
    func pyTorch() throws {
        // Tied weights are one storage, and positions no weights.
        #expect(try fault { try Self.bin($0, PyTorchArchive.file()) } == "36 parameters")
        let fixture = try SpecFixture()
        try Self.bin(fixture, PyTorchArchive.file())
        let files = try ModelFiles(directory: fixture.path("models/draft"))
        #expect(files.size.source == "pickled headers")
        #expect(files.memory.stored == ["BF16": 40, "F16": 24, "I64": 48, "F32": 16])
        try fixture.write(PyTorchArchive.file(fill: 1), to: "models/draft/pytorch_model.bin")
        #expect(try ModelFiles(directory: fixture.path("models/draft")).fingerprint != files.fingerprint)
        let sharded = try fault {
            try Self.bin($0, PyTorchArchive.file())
            try FileManager.default.moveItem(
                atPath: $0.path("models/draft/pytorch_model.bin"), toPath: $0.path("models/draft/1.bin"))
            try $0.write(
                #"{"weight_map": {"model.norm.weight": "1.bin", "lm_head.weight": "1.bin"}}"#,
                to: "models/draft/pytorch_model.bin.index.json")
        }
        #expect(sharded == "36 parameters")
    }

    private typealias Change = @Sendable (borrowing SpecFixture) throws -> Void

    private static let bad: KeyValuePairs<String, Change> = [
        "no weights": { try FileManager.default.removeItem(atPath: $0.path(weights)) },
        "weights that are cut off": { try $0.write(safetensors(["w": [100]]).dropLast(7), to: weights) },
        "a header that is cut off": { try $0.write(safetensors(["w": [100]]).prefix(30), to: weights) },
        "a few bytes": { try $0.write("hello", to: weights) },
        "no bytes": { try $0.write("", to: weights) },
        "a Git LFS pointer": {
            try $0.write("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", to: weights)
        },
        "a header that is no object": {
            try $0.write(Data([2, 0, 0, 0, 0, 0, 0, 0]) + Data("[]".utf8), to: weights)
        },
        "a shape that overflows": {
            let header = #"{"w":{"dtype":"F16","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#
            try $0.write(Data([UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0]) + Data(header.utf8), to: weights)
        },
        "a configuration that is no object": { try $0.write("[]", to: "models/draft/config.json") },
        "an index without a map": {
            try FileManager.default.removeItem(atPath: $0.path(weights))
            try $0.write("{}", to: "models/draft/model.safetensors.index.json")
        },
        "an index that names a tensor in the wrong shard": {
            try FileManager.default.removeItem(atPath: $0.path(weights))
            try $0.write(safetensors(["a": [1]]), to: "models/draft/1.safetensors")
            try $0.write(
                #"{"weight_map": {"a": "1.safetensors", "b": "1.safetensors"}}"#,
                to: "models/draft/model.safetensors.index.json")
        },
        "a missing shard": { try shard($0) },
        "a pipe": {
            try FileManager.default.removeItem(atPath: $0.path(weights))
            try #require(mkfifo($0.path(weights), 0o600) == 0)
        },
        "weights without a tensor": { try $0.write(safetensors([:]), to: weights) },
        "a Git LFS pointer to PyTorch's file": { try bin($0, Data("version https://git-lfs".utf8)) },
        "a web page in place of PyTorch's file": { try bin($0, Data("<html>".utf8)) },
        "no bytes in PyTorch's file": { try bin($0, Data()) },
        "PyTorch's file cut off": { try bin($0, PyTorchArchive.file().dropLast(40)) },
        // Those that only running them could read.
        "an old pickle": { try bin($0, Data([0x80, 2]) + Data(repeating: 7, count: 100)) },
        "another pickle": { try bin($0, PyTorchArchive.file(pickle: Data("junk".utf8))) },
    ]

    @Test("what cannot be loaded is refused before the run")
    func faults() throws {
        try GoldenTexts(beside: #filePath, "model-files.txt").expect(
            Self.bad.map { (title: $0.key, text: try fault($0.value)) })
    }

    @Test(
        "a directory that holds another kind of model says which, and what to do",
        arguments: [
            ("adapter_config.json", "; it is an adapter (LoRA): merge it into its base model and name the result"),
            ("model-Q4_K_M.gguf", "; GGUF files are not supported"),
            (
                "consolidated.safetensors",
                "; its weights are in the vendor's own format: download the transformers version"
            ),
        ])
    func otherKinds(file: String, ending: String) throws {
        let bare = try fault {
            try FileManager.default.removeItem(atPath: $0.path("models/draft/config.json"))
            try $0.write("", to: "models/draft/\(file)")
        }
        #expect(bare == "models/draft has no readable config.json" + ending)
        let configured = try fault {
            try FileManager.default.removeItem(atPath: $0.path(weights))
            try $0.write("", to: "models/draft/\(file)")
        }
        #expect(configured.hasSuffix("and no pytorch_model.bin" + ending))
    }
}
