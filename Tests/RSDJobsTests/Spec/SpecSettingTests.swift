import Foundation
@testable import JobSpecs
@testable import SpecYAML
@testable import Support
import TestSupport
import Testing

@Suite("Settings on the command line")
struct SpecSettingTests {
    @Test("a set value is that of the edited file")
    func edited() throws {
        let fixture = try SpecFixture()
        let set = try fixture.load([
            "decoding.max_tokens=4096", "methods.0.rsd.threshold=[0.6, 0.8]", "methods.1=draft_only", "seed=[0, 1]",
            "engine.args.\"cache.level\"=3", "prompt=\"Q: {question}\\nA:\"", "decoding.delimiter=\"\\n\"",
        ])
        try fixture.writeJob(
            ("max_tokens: 64", "max_tokens: 4096"), ("threshold: 0.7", "threshold: [0.6, 0.8]"),
            ("target_only", "draft_only"), ("seed: 7", "seed: [0, 1]"),
            ("concurrency: 8", "concurrency: 8\n  args: { cache.level: 3 }"),
            ("\"{question}\\n\\n\"", "\"Q: {question}\\nA:\""), ("delimiter: \"\\n\\n\"", "delimiter: \"\\n\""))
        let edited = try fixture.load()
        #expect(set.spec == edited.spec)
        #expect(SpecIdentity(set) == SpecIdentity(edited))
        #expect(set.spec.renderYAML() == edited.spec.renderYAML())
    }

    @Test("missing and empty sections are created, and the last of several settings counts")
    func created() throws {
        let fixture = try SpecFixture()
        try fixture.writeJob(
            ("decoding: { delimiter: \"\\n\\n\", max_tokens: 64, temperature: 0 }", "decoding:"),
            ("grading: { with: exact }", ""))
        let job = try fixture.load(["decoding.max_tokens=64", "seed=1", "grading.with=exact", "seed=7"])
        let whole = try SpecFixture()
        #expect(job.spec.decoding == (try whole.load().spec.decoding))
        #expect(job.spec.seeds == [7])
    }

    @Test("an alias that is set leaves its anchor as it is")
    func alias() throws {
        var (document, _) = YAMLParser.parse(SourceText(file: "x", text: "a: &a { b: 1 }\nc: *a\n"))
        #expect(document?.apply(["c.b=2"]) == [])
        #expect(document.map { Leaf.all(of: $0) }?.map(\.text) == ["1", "2"])
    }

    @Test("every scalar of every job, set to its own value, changes nothing", arguments: try JobSchemaTests.names())
    func ownValues(name: String) throws {
        let source = try SourceText(file: name, utf8: Data(contentsOf: JobSchemaTests.jobs.appending(path: name)))
        let document = try #require(YAMLParser.parse(source).document)
        let leaves = Leaf.all(of: document)
        #expect(leaves.count > 10)
        var all = document
        #expect(all.apply(leaves.map(\.setting)) == [])
        #expect(Leaf.all(of: all) == leaves)
        for leaf in leaves {
            var one = document
            #expect(one.apply([leaf.setting]) == [])
            #expect(Leaf.all(of: one) == leaves, "\(leaf.setting)")
        }
    }

    @Test("whatever is set, something is loaded or said")
    func random() throws {
        let pieces = [
            "decoding", "methods", "0", "1", "rsd", ".", ".", ".", "=", "=", "[", "{", "}", "a: ", "\"", "é", "\n", "-",
            " ",
            "$", "&a", "*a", "null", "\u{1}",
        ]
        var random = SeededRandom(seed: 1)
        let source = SourceText(file: "job.yaml", text: SpecFixture.job)
        for _ in 0..<500 {
            let setting = (0..<Int.random(in: 0...9, using: &random)).compactMap { _ in
                pieces.randomElement(using: &random)
            }.joined()
            let (job, diagnostics) = JobLoader.decode(source, settings: [setting], directory: "/")
            #expect(job != nil)
            for diagnostic in diagnostics where diagnostic.line == nil {
                #expect(diagnostic.file.hasPrefix("--set "), "\(setting): \(diagnostic.rendered)")
            }
        }
    }
}

/// A scalar, or an empty list or mapping, and the way to it.
private struct Leaf: Equatable {
    var path: [String]
    var text: String
    var meaning: YAMLScalar.Meaning?

    /// What sets it to the value that it has.
    var setting: String {
        let key = path.map { $0.contains(".") ? "\"\($0)\"" : $0 }.joined(separator: ".")
        return "\(key)=\(meaning == .text ? doubleQuoted(text) : text)"
    }

    static func all(of node: YAMLNode) -> [Leaf] { all(of: node, at: []) }

    private static func all(of node: YAMLNode, at path: [String]) -> [Leaf] {
        switch node.content {
        case .scalar(let scalar): [Leaf(path: path, text: scalar.text, meaning: scalar.meaning)]
        case .sequence([]): [Leaf(path: path, text: "[]", meaning: nil)]
        case .mapping([]): [Leaf(path: path, text: "{}", meaning: nil)]
        case .sequence(let elements):
            elements.enumerated().flatMap { all(of: $0.element, at: path + [String($0.offset)]) }
        case .mapping(let entries): entries.flatMap { all(of: $0.value, at: path + [$0.key]) }
        }
    }
}
