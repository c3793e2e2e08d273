@testable import Datasets
@testable import JobSpecs
@testable import Support
import Testing

@Suite("Which files are a split of a hub data set")
struct HubLayoutTests {
    private func choice(
        _ files: [String], _ readme: String? = nil, config: String? = nil, split: String? = nil, isPartial: Bool = false
    ) -> String {
        do throws(Unreadable) {
            let layout = try HubLayout(files: files, readme: readme, isPartial: isPartial)
            let choice = try layout.choice(config: config, split: split)
            return "\(choice.config) \(choice.split) \(choice.format): \(choice.files.joined(separator: " "))"
        } catch {
            return error.message
        }
    }

    private static let gsm8k = """
        ---
        license: mit
        configs:
        - config_name: main
          data_files:
          - split: train
            path: main/train-*
          - split: test
            path: main/test-*
        - config_name: socratic
          data_files:
          - {split: train, path: [socratic/train-*]}
          - {split: test, path: ["socratic/test-*"]}
        ---
        # GSM8K
        """
    private static let gsm8kFiles = ["main", "socratic"].flatMap { config in
        ["train", "test"].map { "\(config)/\($0)-00000-of-00001.parquet" }
    }

    @Test("well-known data sets, as they are laid out on the hub")
    func wellKnown() {
        #expect(choice([".gitattributes", "README.md", "test.jsonl"]) == "default test jsonl: test.jsonl")
        #expect(
            choice(["README.md", "data/train-00000-of-00001.parquet"])
                == "default train parquet: data/train-00000-of-00001.parquet")
        #expect(
            choice(Self.gsm8kFiles, Self.gsm8k, config: "main") == "main test parquet: main/test-00000-of-00001.parquet"
        )
        #expect(
            choice(Self.gsm8kFiles, Self.gsm8k, config: "socratic", split: "train")
                == "socratic train parquet: socratic/train-00000-of-00001.parquet")
        #expect(choice(Self.gsm8kFiles, Self.gsm8k) == "set 'config' to one of main, socratic")
        let gpqa =
            "---\nconfigs:\n- config_name: gpqa_main\n  data_files: gpqa_main.csv\n- config_name: gpqa_diamond\n"
            + "  data_files: gpqa_diamond.csv\n---\n"
        #expect(
            choice(["gpqa_diamond.csv", "gpqa_main.csv"], gpqa, config: "gpqa_diamond")
                == "gpqa_diamond train csv: gpqa_diamond.csv")
        let mmlu =
            "---\nconfigs:\n- config_name: all\n  data_files:\n  - split: test\n    path: all/test-*\n  - split: dev\n    path: all/dev-*\n"
            + "- config_name: astronomy\n  data_files:\n  - split: test\n    path: astronomy/test-*\n---"
        #expect(
            choice(
                [
                    "all/dev-00000-of-00001.parquet", "all/test-00000-of-00001.parquet",
                    "astronomy/test-00000-of-00001.parquet",
                ], mmlu, config: "all")
                == "all test parquet: all/test-00000-of-00001.parquet")
    }

    @Test(
        "without configs, the names of files and folders say the splits",
        arguments: [
            (
                [
                    "data/test-00001-of-00002.parquet", "data/test-00000-of-00002.parquet",
                    "data/odd-00000-of-00001.parquet",
                ],
                nil, "default test parquet: data/test-00000-of-00002.parquet data/test-00001-of-00002.parquet"
            ),
            (
                ["data/odd.one-00000-of-00001.parquet"], nil,
                "default odd.one parquet: data/odd.one-00000-of-00001.parquet"
            ),
            (
                ["test/a.csv", "test/b.jsonl", "test/c.jsonl", "train/a.csv"], nil,
                "default test jsonl: test/b.jsonl test/c.jsonl"
            ),
            (["x/my-test-2/a.json", "train.json"], nil, "default test json: x/my-test-2/a.json"),
            (["math_eval.jsonl", "math_dev.jsonl"], nil, "default test jsonl: math_eval.jsonl"),
            (["math_eval.jsonl", "math_dev.jsonl"], "validation", "default validation jsonl: math_dev.jsonl"),
            // `testimony` and `latest` are other words.
            (["latest.jsonl", "testimony.jsonl"], nil, "default train jsonl: latest.jsonl testimony.jsonl"),
            (["problems.tsv"], nil, "default train tsv: problems.tsv"),
            (["test.jsonl", "test.parquet"], nil, "default test parquet: test.parquet"),
            (["train.jsonl", "valid.jsonl"], nil, "set 'split' to one of train, validation"),
            (["train.jsonl", "test.jsonl"], "tset", "there is no split 'tset'; did you mean 'test'?"),
            (
                ["config.json", ".x/test.jsonl", "__pycache__/test.json", "model.bin", "README.md"], nil,
                "there is no file in a format that can be read (jsonl, json, csv, tsv, parquet)"
            ),
        ] as [([String], String?, String)])
    func names(files: [String], split: String?, said: String) { #expect(choice(files, split: split) == said) }

    @Test("a config is the default if it is the only one, marked, or named so")
    func configs() {
        func readme(_ names: String...) -> String {
            "---\nconfigs:\n" + names.map { "- config_name: \($0)\n  data_dir: ./\($0.prefix(1))/\n" }.joined()
                + "---\n"
        }
        let files = ["a/test.jsonl", "d/test.jsonl", "d/train.jsonl"]
        #expect(choice(files, readme("a")) == "a test jsonl: a/test.jsonl")
        #expect(choice(files, readme("a", "default")) == "default test jsonl: d/test.jsonl")
        #expect(choice(files, readme("a", "d\n  default: true")) == "d test jsonl: d/test.jsonl")
        #expect(choice(files, readme("a", "d"), config: "b") == "there is no config 'b'; configs: a, d")
        #expect(choice(files, "no front matter", split: "train") == "default train jsonl: d/train.jsonl")
    }

    @Test("what a README names and is not there, or cannot be read, is an error")
    func badReadme() {
        let missing = "---\nconfigs:\n- config_name: a\n  data_files: x/*.csv\n---\n"
        #expect(choice(["a.csv"], missing) == "no file that can be read belongs to the config 'a', which has 'x/*.csv'")
        let elsewhere = "---\nconfigs:\n- config_name: a\n  data_files: https://x/a.csv\n---\n"
        #expect(choice(["a.csv"], elsewhere) == "the README names files elsewhere: 'https://x/a.csv'")
        #expect(choice(["a.csv"], "---\na: [\n---\n").hasPrefix("the README's front matter is not valid YAML: "))
    }

    @Test("of a part of the files, as in a cache, no split is concluded and no shard is left out")
    func partial() {
        #expect(choice(["train.jsonl"], isPartial: true) == "set 'split' to one of train")
        #expect(choice(["test.jsonl"], isPartial: true) == "default test jsonl: test.jsonl")
        #expect(
            choice(["data/test-00001-of-00002.parquet"], isPartial: true)
                == "only 1 of 2 files such as data/test-00001-of-00002.parquet are there")
    }

    @Test(
        "patterns match as those of fsspec do",
        arguments: [
            ("*.csv", ["a.csv"], ["x/a.csv", "acsv"]), ("**/*.csv", ["a.csv", "x/y/a.csv"], ["a.json"]),
            ("data/**", ["data/a", "data/x/a"], ["data", "a"]),
            ("./data/t?st-*", ["data/test-1"], ["data/tst-1", "data/x/test-"]),
            ("[a-c]+(x).csv", ["b+(x).csv"], ["d+(x).csv"]), ("[!a]", ["b"], ["a"]), ("é*", ["été"], ["e"]),
        ])
    func globs(pattern: String, matching: [String], other: [String]) throws {
        let glob = try HubGlob(pattern)
        for path in matching { #expect(glob.matches(path), "\(path)") }
        for path in other { #expect(!glob.matches(path), "\(path)") }
    }

    @Test(
        "an address has a repository, a revision and a file",
        arguments: [
            ("hf://datasets/openai/gsm8k", ["openai/gsm8k", nil, nil]), ("hf://datasets/squad", ["squad", nil, nil]),
            ("hf://datasets/a/b@v1/x/test.jsonl", ["a/b", "v1", "x/test.jsonl"]),
            ("hf://datasets/a/b@refs/pr/7", ["a/b", "refs/pr/7", nil]),
            (
                "hf://datasets/a/b@refs/convert/parquet/main/test/0.parquet",
                ["a/b", "refs/convert/parquet", "main/test/0.parquet"]
            ),
            ("hf://datasets/a/b@refs%2Fpr%2F7/x.csv", ["a/b", "refs/pr/7", "x.csv"]),
        ] as [(String, [String?])])
    func addresses(address: String, parts: [String?]) {
        let name = HubDatasetName(address)
        #expect([name?.repository, name?.revision, name?.file] == parts)
    }

    @Test(
        "other addresses are none of a data set of the hub",
        arguments: ["hf://a/b", "hf://datasets/", "datasets/a/b", "hf://datasets/a/b@", "hf://datasets/a@"])
    func others(address: String) { #expect(HubDatasetName(address) == nil) }
}
