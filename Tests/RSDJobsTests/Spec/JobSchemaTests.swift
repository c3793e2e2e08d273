@testable import Datasets
@testable import Decoding
import Foundation
@testable import JobSpecs
@testable import Methods
@testable import SpecYAML
import Testing

/// The schema that editors check specs with says what the decoder says.
@Suite("The JSON schema of jobs") struct JobSchemaTests {
    static let jobs = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../jobs").standardizedFileURL
    private let schema: JSONSchema

    init() throws {
        schema = try JSONSchema(Data(contentsOf: Self.jobs.appending(path: "job.schema.json")))
    }

    @Test("the schema has the decoder's keys")
    func keys() throws {
        let models = try schema.at("properties", "models")
        #expect(try schema.keys() == Set(ParsedJob.keys))
        #expect(try models.keys() == Set(Role.named.map(\.rawValue)))
        let model = ["model", "revision", "context", "parameters", "args"] + ServerSpec.keys
        #expect(try models.at("properties", "draft").keys() == Set(model))
        #expect(try models.at("properties", "target").keys() == Set(model))
        #expect(try models.at("properties", "prm").keys() == Set(model + ["profile", "overlong"]))
        #expect(try schema.at("properties", "engine").keys() == Set(EngineSpec.keys))
        #expect(try schema.at("properties", "datasets", "items").choices()[1].keys() == Set(WrittenDataset.keys))
        #expect(try schema.at("properties", "grading").keys() == Set(GradingSpec.keys))
        let thinking = try schema.at("properties", "thinking").choices()
        #expect(try thinking[0].words() == Set(WrittenThinking.words))
        #expect(try thinking[2].keys() == Set(WrittenThinking.keys))
        let starts = try thinking[2].at("properties", "starts").choices()
        #expect(try starts[0].words() == Set(MarkedThinking.Start.allCases.map(\.rawValue)))
        #expect(try thinking[2].at("properties", "prm").words() == Set(MarkedThinking.View.allCases.map(\.rawValue)))
        #expect(try schema.at("properties", "decoding").keys() == Set(DecodingSpec.keys))
    }

    @Test("the schema has the decoder's words")
    func words() throws {
        let engine = try schema.at("properties", "engine", "properties")
        #expect(try engine.at("kind").words() == Set(EngineKind.all.map(\.name)))
        #expect(try engine.at("residency").words() == Set(ResidencyKind.allCases.map(\.rawValue)))
        let datasets = try schema.at("properties", "datasets", "items").choices()
        #expect(try datasets[0].words() == Set(KnownDataset.all.map(\.name)))
        let dataset = try datasets[1].at("properties")
        #expect(try dataset.at("format").words() == Set(DatasetFormat.allCases.map(\.rawValue)))
        #expect(try dataset.at("reader").words() == Set(RecordReader.named.map(\.name)))
        let prm = try schema.at("properties", "models", "properties", "prm", "properties")
        #expect(try prm.at("profile").choices()[0].words() == Set(PRMProfile.Name.allCases.map(\.rawValue)))
        #expect(try prm.at("overlong").words() == Set(OverlongPolicy.allCases.map(\.rawValue)))
        let prompts = try schema.at("properties", "prompt").choices()[0].words()
        #expect(prompts == Set(PromptTemplate.named.map(\.name) + ["chat"]))
        let grading = try schema.at("properties", "grading", "properties", "with").words()
        #expect(grading == Set(GraderKey.allCases.map(\.rawValue)))
    }

    @Test("the schema has every method and its settings")
    func methods() throws {
        var settings: [String: Set<String>] = [:]
        for choice in try schema.at("properties", "methods", "items").choices().dropFirst() {
            let key = try #require(try choice.keys().first)
            let forms = try choice.at("properties", key).choices()
            settings[key] = try #require(forms.last).keys()
        }
        func words(_ method: String, _ setting: String) throws -> Set<String> {
            let choices = try schema.at("properties", "methods", "items").choices().dropFirst()
            let choice = try #require(choices.first { try $0.keys() == [method] })
            let form = try #require(choice.at("properties", method).choices().last)
            return try form.at("properties", setting).choices()[0].words()
        }
        for method in ["best_of_n", "beam_search", "dvts"] {
            #expect(try words(method, "score") == Set(SolutionScore.allCases.map(\.rawValue) + ["prod"]))
            #expect(try words(method, "choose") == Set(FinalChoice.allCases.map(\.rawValue)))
        }
        #expect(try words("beam_search", "finished") == Set(StepSearch.Finished.allCases.map(\.rawValue)))
        for method in ["dvts", "gsi", "rsd_best_of_n", "soft_best_of_n"] {
            #expect(try words(method, "until") == Set(AnswerEnd.allCases.map(\.rawValue)))
        }
        #expect(
            settings
                == Dictionary(uniqueKeysWithValues: MethodKind.all.map { ($0.key, Set(MethodSpec.keys(of: $0))) }))
    }

    @Test("every job that comes with the program is good by both", arguments: try names())
    func jobsAreGood(name: String) throws {
        let file = Self.jobs.appending(path: name)
        let source = try SourceText(file: name, utf8: Data(contentsOf: file))
        let (job, diagnostics) = JobLoader.decode(source, directory: Self.jobs.path)
        #expect(diagnostics.map(\.rendered) == [])
        #expect(job != nil)
        let node = try #require(YAMLParser.parse(source).0)
        #expect(try schema.faults(in: node) == [])
        #expect(
            try String(contentsOf: file, encoding: .utf8).hasPrefix("# yaml-language-server: $schema=job.schema.json\n")
        )
    }

    static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: jobs.path).filter { $0.hasSuffix(".yaml") }.sorted()
    }

    @Test(
        "the schema refuses what the decoder refuses",
        arguments: [
            ("threshold: 0.7", "threshold: 1.7"), ("kind: pocket", "kind: pocke"), ("seed: 7", "seed: -1"),
            ("name: demo", "nam: demo"), ("- target_only", "- majority"), ("max_tokens: 64", "max_tokens: many"),
            ("{ rsd: { threshold: 0.7 } }", "{ beam_search: { n: 4 } }"),
            ("{ rsd: { threshold: 0.7 } }", "{ dvts: { n: 4, beams: 2, width: 2 } }"),
            ("{ rsd: { threshold: 0.7 } }", "{ best_of_n: { n: 4, choose: most } }"),
            ("path: problems.jsonl", "paths: problems.jsonl"),
            ("{ name: heldout, path: problems.jsonl }", "gsm9k"),
            ("seed: 7", "seed: 7\nsamples: 0"), ("- target_only", "- target_only: { temperature: -1 }"),
            ("- target_only", "- specreason: { threshold: 9.5 }"), ("- target_only", "- specreason: { score: mean }"),
            ("- target_only", "- specreason: { step_tokens: 0 }"), ("threshold: 0.7", "threshold: 0.7, samples: many"),
            ("threshold: 0.7", "threshold: 0.7, top_p: 0"),
            (#"{question}\n\n""#, #"{question}\n\n"\#nthinking: on"#),
        ])
    func refusals(good: String, bad: String) throws {
        for (text, isGood) in [(SpecFixture.job, true), (SpecFixture.job.replacing(good, with: bad), false)] {
            let source = try SourceText(file: "job.yaml", utf8: Data(text.utf8))
            let (_, diagnostics) = JobLoader.decode(source, directory: "/")
            #expect(diagnostics.isEmpty == isGood)
            let node = try #require(YAMLParser.parse(source).0)
            #expect(try schema.faults(in: node).isEmpty == isGood)
        }
    }
}
