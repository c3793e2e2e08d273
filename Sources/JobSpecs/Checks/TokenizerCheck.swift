import Checkpoints
import Foundation
import Support

/// Checks that a directory has a tokenizer that an engine can load.
enum TokenizerCheck {
    /// The files of each kind of tokenizer.
    private static let kinds = [
        ["tokenizer.model"], ["tekken.json"], ["vocab.json", "merges.txt"], ["vocab.txt"], ["spiece.model"],
        ["spm.model"],
        ["sentencepiece.bpe.model"], ["sentencepiece.model"], ["bpe.codes", "vocab.txt"],
    ]

    /// - Throws: ``ModelFilesError`` if there is none, or it is broken.
    static func check(_ directory: String, for kind: EngineKind) throws(ModelFilesError) {
        let settings = try CheckpointJSON.read("tokenizer_config.json", in: directory)
        if let file = contents("tokenizer.json", directory) {
            if let fault = fault(inTokenizer: file) { throw ModelFilesError("in \(directory), \(fault)") }
            return
        }
        guard kind.usesTransformers else {
            throw ModelFilesError("\(directory) has no tokenizer.json, which \(kind.title) needs", lacksFiles: true)
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        // Mistral's files have names such as tokenizer.model.v3; tiktoken's may have any name.
        let found =
            kinds.first { $0.allSatisfy(names.contains) }
            ?? names.filter { $0.hasPrefix("tokenizer.model.v") || $0.hasSuffix(".tiktoken") || $0 == "tiktoken.model" }
            .map { $0 }
        for name in found {
            guard let start = start(of: name, directory) else {
                throw ModelFilesError("in \(directory), \(name) cannot be read")
            }
            if start.isEmpty { throw ModelFilesError("in \(directory), \(name) is empty") }
            if start == GitPointer.start { throw ModelFilesError("in \(directory), \(GitPointer.explanation(name))") }
        }
        // A tokenizer may be code in the checkpoint.
        guard found.isEmpty, settings?["auto_map"]?.object?["AutoTokenizer"] == nil else { return }
        throw ModelFilesError(
            "\(directory) has no tokenizer: no tokenizer.json, tokenizer.model, tekken.json, vocab.json with merges.txt, or "
                + "*.tiktoken. Copy it from the base model, or set a directory that contains it with "
                + "args: { tokenizer: DIR }", lacksFiles: true)
    }

    private static func contents(_ name: String, _ directory: String) -> Data? {
        FileManager.default.contents(atPath: directory + "/" + name)
    }

    private static func start(of name: String, _ directory: String) -> Data? {
        guard let handle = FileHandle(forReadingAtPath: directory + "/" + name) else { return nil }
        defer { try? handle.close() }
        return (try? handle.read(upToCount: GitPointer.start.count)) ?? Data()
    }

    /// A fault in a `tokenizer.json`, if any: it must have a model with a vocabulary.
    static func fault(inTokenizer data: Data) -> String? {
        let name = "tokenizer.json"
        if data.isEmpty { return "\(name) is empty" }
        if data.starts(with: GitPointer.start) { return GitPointer.explanation(name) }
        return data.withUnsafeBytes { raw -> String? in
            var reader = JSONReader(bytes: raw.bindMemory(to: UInt8.self), whole: "file")
            reader.isKeeping = false
            var hasVocabulary = false
            do throws(JSONReader.Fault) {
                reader.skipSpace()
                guard reader.peek == UInt8(ascii: "{") else { return "\(name) is not a JSON object" }
                try reader.object { (reader, key, _) throws(JSONReader.Fault) in
                    guard key == "model", reader.peek == UInt8(ascii: "{") else {
                        _ = try reader.value()
                        return
                    }
                    try reader.object { (reader, key, _) throws(JSONReader.Fault) in
                        let (start, isTable) = (reader.offset, reader.peek == 0x5B || reader.peek == 0x7B)
                        _ = try reader.value()
                        // The shortest vocabulary with a token is `{"a":0}`.
                        hasVocabulary = hasVocabulary || key == "vocab" && isTable && reader.offset - start > 4
                    }
                }
                try reader.end()
            } catch {
                return "\(name) is broken or cut off: \(error.message)"
            }
            return hasVocabulary ? nil : "\(name) has no vocabulary"
        }
    }
}
