extension BadCase {
    /// Faults of `--set`.
    static let settings = [
        BadCase("settings without a value or a key", set: "decoding.max_tokens", "=5", "decoding..top_p=1", "\"a=5"),
        BadCase("settings that are no YAML", set: "seed=[0, 1", "name=a: b: c", "grading={ with: exact, with: exact }"),
        BadCase("settings of nothing", set: "seed=", "decoding.max_tokens= # 5", "models.draft.model=null"),
        BadCase("settings of the wrong type", set: "decoding.max_tokens=many", "methods.0.rsd.threshold=1.7", "name=5"),
        BadCase("settings below what has no keys", set: "seed.first=1", "methods.1.target_only.name=x"),
        BadCase("settings of elements that are not there", set: "methods.2=draft_only", "methods.rsd.threshold=0.8"),
        BadCase("a misspelt key in a setting", set: "decoding.max-tokens=5"),
        BadCase("a misspelt section in a setting", set: "decodng.max_tokens=5"),
        BadCase("a misspelt key in the value of a setting", set: "methods=[{ rsd: { tresholds: 0.7 } }]"),
        BadCase("names that a setting repeats", set: "methods.1={ rsd: { name: rsd } }"),
        BadCase(
            "names that are set twice",
            set: "datasets=[{ name: a, path: problems.jsonl }, { name: a, path: problems.jsonl }]"),
        BadCase("a model that is set and missing", set: "models.draft.model=models/missing"),
        BadCase("a setting that is nested too deeply", set: String(repeating: "a.", count: 70) + "a=1"),
        BadCase("a setting beside one that it replaces", set: "decoding.max_tokens_per_call=512"),
    ]

    /// Faults of models named as on the hub.
    static let hub = [
        BadCase("a model that is nowhere", changes: [("models/draft", "Qwen/Qwen2.5-Math-1.5B-Instruct")]),
        BadCase("a model that is nowhere and set", set: "models.draft.model=Qwen/Qwen2.5"),
        BadCase("a name that no model can have", changes: [("models/draft", "Qwen/Qwen--2")]),
        BadCase("a path of three parts", changes: [("models/draft", "models/some/draft")]),
        BadCase("a revision of a directory", changes: [("models/draft }", "models/draft, revision: main }")]),
        BadCase("a revision of a path", changes: [("models/draft }", "./models/drift, revision: v1 }")]),
        BadCase("a revision that git has not", changes: [("models/draft }", "a/b, revision: ../main }")]),
        BadCase("a revision that YAML reads as a number", changes: [("models/draft }", "a/b, revision: 12345678 }")]),
        BadCase("a misspelt revision", changes: [("models/draft }", "a/b, revison: v1 }")]),
    ]

    /// Faults of variables in paths.
    static let variables = [
        BadCase(
            "a variable that is not set",
            changes: [
                ("models/draft", "\"${RSD_BATCH_NO_SUCH}/draft\""), ("path: prob", "path: $RSD_BATCH_NO_SUCH/prob"),
            ]),
        BadCase("a variable that is none", changes: [("models/draft", "\"${1}/${}\"")]),
        BadCase("a variable without quotes between braces", changes: [("models/draft", "${HOME}/draft")]),
        BadCase("a variable in a setting", set: "models.prm.model=${RSD_BATCH_NO_SUCH}"),
    ]
}
