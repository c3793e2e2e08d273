// More of what users get wrong: methods, engine arguments, YAML itself, and files.

extension BadCase {
    static let methodsAndDataSets: [BadCase] = [
        BadCase(
            "an unknown method",
            changes: [
                (#"- target_only"#, #"- target-only\#n  - greedy"#)
            ]),
        BadCase(
            "settings beside the method",
            changes: [
                (#"- { rsd: { threshold: 0.7 } }"#, #"- rsd:\#n    threshold: 0.7"#)
            ]),
        BadCase(
            "two methods in one item",
            changes: [
                (#"- target_only"#, #"- target_only:\#n    draft_only:"#)
            ]),
        BadCase(
            "two methods of one name",
            changes: [
                (#"- target_only"#, #"- { rsd: { threshold: 0.8 } }"#)
            ]),
        BadCase(
            "a setting of another weighting",
            changes: [
                (#"{ threshold: 0.7 }"#, #"{ weighting: clipping, threshold: 0.7, alpha: 1 }"#)
            ]),
        BadCase(
            "an unknown weighting",
            changes: [
                (#"{ threshold: 0.7 }"#, #"{ weighting: binary }"#)
            ]),
        BadCase(
            "weightings without their settings",
            changes: [
                (
                    #"- { rsd: { threshold: 0.7 } }"#,
                    #"- { rsd: { weighting: constant } }\#n  - { rsd: { weighting: logistic, name: b } }"#
                )
            ]),
        BadCase(
            "weightings out of range",
            changes: [
                (
                    #"- { rsd: { threshold: 0.7 } }"#,
                    #"- { rsd: { weighting: constant, p: 2 } }\#n  - { rsd: { weighting: logistic, alpha: 0, name: b } }"#
                )
            ]),
        BadCase(
            "a setting of a method that has none",
            changes: [
                (#"- target_only"#, #"- { target_only: { threshold: 0.7 } }"#)
            ]),
        BadCase(
            "text for a method's settings",
            changes: [
                (#"{ rsd: { threshold: 0.7 } }"#, #"rsd: 0.7"#)
            ]),
        BadCase(
            "a needed model is not there",
            changes: [
                (#"  prm: { model: models/prm, profile: token-classification }\#n"#, #""#)
            ]),
        BadCase(
            "two data sets of one name",
            changes: [
                (
                    #"- { name: heldout, path: problems.jsonl }"#,
                    #"- { name: heldout, path: problems.jsonl }\#n  - { name: heldout, path: problems.jsonl }"#
                )
            ]),
        BadCase(
            "limits",
            changes: [
                (#"path: problems.jsonl }"#, #"path: problems.jsonl, limit: 0, id: "" }"#)
            ]),
        BadCase(
            "a limit above the size is only a warning",
            changes: [
                (#"path: problems.jsonl }"#, #"path: problems.jsonl, limit: 50 }"#)
            ]),
    ]
}

extension BadCase {
    static let engineArguments: [BadCase] = [
        BadCase(
            "flags with dashes, and flags of the runner",
            changes: [
                (#"concurrency: 8"#, #"args: { --threads: 2, port: 8000, a b: 1 }"#)
            ]),
        BadCase(
            "flags without a value",
            changes: [
                (#"concurrency: 8"#, #"args: { threads: , x: {}, y: [true, a] }"#)
            ]),
        BadCase(
            "environment",
            changes: [
                (#"concurrency: 8"#, #"env: { 1A: x, B: , C: [1] }"#)
            ]),
        BadCase(
            "a list for args",
            changes: [
                (#"concurrency: 8"#, #"args: [--threads, 2]"#)
            ]),
    ]
}

extension BadCase {
    static let yaml: [BadCase] = [
        BadCase(
            "a bracket that is not closed",
            changes: [
                (#"0.7 } }"#, #"0.7 }"#)
            ]),
        BadCase(
            "a tab",
            changes: [
                (#"  kind: pocket"#, #"\#tkind: pocket"#)
            ]),
        BadCase(
            "a colon in plain text",
            changes: [
                (#"name: demo"#, #"name: demo: one"#)
            ]),
        BadCase(
            "bad indentation",
            changes: [
                (#"  kind: pocket"#, #"    kind: pocket"#)
            ]),
        BadCase(
            "a quote that is not closed",
            changes: [
                (#"name: demo"#, #"name: "demo"#)
            ]),
        BadCase(
            "an unknown escape",
            changes: [
                (#"{question}\n"#, #"{question}\q"#)
            ]),
        BadCase(
            "an alias without an anchor",
            changes: [
                (#"seed: 7"#, #"seed: *x"#)
            ]),
        BadCase(
            "a tag",
            changes: [
                (#"seed: 7"#, #"seed: !!int 7"#)
            ]),
        BadCase(
            "two documents",
            changes: [
                (#"grading: { with: exact }"#, #"---\#nname: second"#)
            ]),
        BadCase(
            "an empty file",
            job: #""#),
        BadCase(
            "a file of comments",
            job: #"# nothing here\#n"#),
        BadCase(
            "a control character",
            changes: [
                (#"demo"#, #"de\#u{1}mo"#)
            ]),
        BadCase(
            "nested too deeply",
            job: "a: " + String(repeating: "[", count: 70) + String(repeating: "]", count: 70)),
    ]
}

extension BadCase {
    static let files: [BadCase] = [
        BadCase(
            "no model directory",
            changes: [
                (#"models/draft"#, #"Qwen/Qwen2.5-Math-1.5B"#)
            ]),
        BadCase(
            "a model that is a file",
            changes: [
                (#"models/draft"#, #"job.yaml"#)
            ]),
        BadCase(
            "no config.json",
            changes: [
                (#"models/draft"#, #"models"#)
            ]),
        BadCase(
            "no data set",
            changes: [
                (#"problems.jsonl"#, #"nowhere/problems.jsonl"#)
            ]),
        BadCase(
            "a data set that is a directory",
            changes: [
                (#"problems.jsonl"#, #"models"#)
            ]),
        BadCase(
            "no prompt file",
            changes: [
                (#"prompt: "{question}\n\n""#, #"prompt: { file: prompt.txt }"#)
            ]),
        BadCase(
            "a prompt file without the question",
            changes: [
                (#"prompt: "{question}\n\n""#, #"prompt: { file: problems.jsonl }"#)
            ]),
        BadCase(
            "a missing model that no method needs is only a warning",
            changes: [
                (#"models/prm"#, #"models/none"#),
                (#"- { rsd: { threshold: 0.7 } }"#, #"- draft_only"#),
            ]),
        BadCase(
            "everything at once",
            changes: [
                (#"seed: 7"#, #"sed: x"#),
                (#"models/draft"#, #"models/darft"#),
                (#"0.7"#, #"7"#),
                (#"problems.jsonl"#, #"problem.jsonl"#),
            ]),
    ]
}
