extension BadCase {
    private static func dataset(_ title: String, _ settings: String) -> BadCase {
        BadCase(
            title, changes: [("{ name: heldout, path: problems.jsonl }", "{ name: heldout, \(settings) }")])
    }

    private static let sum = String(repeating: "a", count: 64)

    static let datasetSettings = [
        BadCase(
            "data sets by unknown names",
            changes: [
                (
                    "- { name: heldout, path: problems.jsonl }",
                    "[gsm9k, { name: MATH-500, limit: 3 }, { name: physics }, { name: gsm8k, reader: gsm }, a/b, 5, gsm8k]"
                )
            ]),
        dataset(
            "another number of records", "path: problems.jsonl, records: 4, limit: 1"),
        dataset(
            "an address with a password", "path: https://me:pw@example.invalid/x.jsonl, sha256: \(sum)"),
        dataset(
            "addresses of another kind", "path: s3://bucket/x.jsonl"),
        dataset(
            "hub addresses that are none", "path: hf://Qwen/Qwen2.5-Math-7B"),
        dataset(
            "the address of a page of the hub", "path: https://huggingface.co/datasets/openai/gsm8k/viewer/main"),
        dataset(
            "keys of hub data sets on a file", "path: problems.jsonl, config: main, split: test, revision: main"),
        dataset(
            "keys of hub data sets on a file of one",
            "path: hf://datasets/openai/gsm8k@main/x.jsonl, config: main, split: test, revision: 'a b'"),
        dataset(
            "an address without a host", "path: 'https:///x.jsonl', sha256: \(sum)"),
        dataset(
            "an address with a blank", "path: 'https://a.invalid/my x.jsonl', sha256: \(sum)"),
        dataset(
            "a checksum that is none, a format and a reader that are unknown, and numbers out of range",
            "path: problems.jsonl, sha256: abc, format: xml, reader: gsm9k, shuffle: -1, start: -1"),
        dataset(
            "a name that does not say the format", "path: problems.txt"),
        dataset(
            "choices that are none", "path: problems.jsonl, choices: [a]"),
        dataset(
            "fields to keep that are none", "path: problems.jsonl, meta: [3, level: 1]"),
        dataset(
            "fields to keep that are not there", "path: problems.jsonl, meta: [anser, answer]"),
        dataset(
            "a start beyond the end", "path: problems.jsonl, start: 3"),
        dataset(
            "a limit beyond the end", "path: problems.jsonl, start: 1, limit: 5"),
        dataset(
            "another format than the name says", "path: problems.jsonl, format: csv, limit: 1"),
    ]
}
