// More of what users get wrong: methods, engine arguments, YAML itself, and files.

extension BadCase {
    static let methodsAndDataSets: [BadCase] = [
        BadCase(
            "an unknown method",
            changes: [
                (#"- target_only"#, #"- target-only\#n  - greedy"#)
            ],
            says: #"""
                job.yaml:16:5: error: unknown method 'target-only'; did you mean 'target_only'?
                  - target-only
                    ^
                job.yaml:17:5: error: unknown method 'greedy'; known: rsd, draft_only, target_only, speculative, majority, best_of_n, process_best_of_n, beam_search
                  - greedy
                    ^
                2 errors in job.yaml
                """#),
        BadCase(
            "settings beside the method",
            changes: [
                (#"- { rsd: { threshold: 0.7 } }"#, #"- rsd:\#n    threshold: 0.7"#)
            ],
            says: #"""
                job.yaml:16:5: error: 'threshold' is at the same level as 'rsd'; indent it to make it a setting of 'rsd'
                    threshold: 0.7
                    ^
                1 error in job.yaml
                """#),
        BadCase(
            "two methods in one item",
            changes: [
                (#"- target_only"#, #"- target_only:\#n    draft_only:"#)
            ],
            says: #"""
                job.yaml:17:5: error: 'draft_only' is at the same level as 'target_only'; start a new list item
                    draft_only:
                    ^
                1 error in job.yaml
                """#),
        BadCase(
            "two methods of one name",
            changes: [
                (#"- target_only"#, #"- { rsd: { threshold: 0.8 } }"#)
            ],
            says: #"""
                job.yaml:16:5: error: a method named 'rsd' is already defined on line 15; give this one a different 'name'
                  - { rsd: { threshold: 0.8 } }
                    ^
                1 error in job.yaml
                """#),
        BadCase(
            "a setting of another weighting",
            changes: [
                (#"{ threshold: 0.7 }"#, #"{ weighting: clipping, threshold: 0.7, alpha: 1 }"#)
            ],
            says: #"""
                job.yaml:15:46: error: 'threshold' does not apply to the weighting 'clipping'
                  - { rsd: { weighting: clipping, threshold: 0.7, alpha: 1 } }
                                                             ^
                job.yaml:15:58: error: 'alpha' does not apply to the weighting 'clipping'
                  - { rsd: { weighting: clipping, threshold: 0.7, alpha: 1 } }
                                                                         ^
                2 errors in job.yaml
                """#),
        BadCase(
            "an unknown weighting",
            changes: [
                (#"{ threshold: 0.7 }"#, #"{ weighting: binary }"#)
            ],
            says: #"""
                job.yaml:15:25: error: unknown weighting "binary"; known: binary_step, constant, clipping, sigmoidal, logistic
                  - { rsd: { weighting: binary } }
                                        ^
                1 error in job.yaml
                """#),
        BadCase(
            "weightings without their settings",
            changes: [
                (
                    #"- { rsd: { threshold: 0.7 } }"#,
                    #"- { rsd: { weighting: constant } }\#n  - { rsd: { weighting: logistic, name: b } }"#
                )
            ],
            says: #"""
                job.yaml:15:5: error: missing key 'p' in rsd
                  - { rsd: { weighting: constant } }
                    ^
                job.yaml:16:5: error: missing key 'alpha' in rsd
                  - { rsd: { weighting: logistic, name: b } }
                    ^
                2 errors in job.yaml
                """#),
        BadCase(
            "weightings out of range",
            changes: [
                (
                    #"- { rsd: { threshold: 0.7 } }"#,
                    #"- { rsd: { weighting: constant, p: 2 } }\#n  - { rsd: { weighting: logistic, alpha: 0, name: b } }"#
                )
            ],
            says: #"""
                job.yaml:15:38: error: 'p' must be from 0 to 1, found 2
                  - { rsd: { weighting: constant, p: 2 } }
                                                     ^
                job.yaml:16:42: error: 'alpha' must be more than 0, found 0
                  - { rsd: { weighting: logistic, alpha: 0, name: b } }
                                                         ^
                2 errors in job.yaml
                """#),
        BadCase(
            "a setting of a method that has none",
            changes: [
                (#"- target_only"#, #"- { target_only: { threshold: 0.7 } }"#)
            ],
            says: #"""
                job.yaml:16:22: error: unknown key 'threshold' in target_only; known keys: name
                  - { target_only: { threshold: 0.7 } }
                                     ^
                1 error in job.yaml
                """#),
        BadCase(
            "text for a method's settings",
            changes: [
                (#"{ rsd: { threshold: 0.7 } }"#, #"rsd: 0.7"#)
            ],
            says: #"""
                job.yaml:15:10: error: expected a mapping of settings for 'rsd', found 0.7
                  - rsd: 0.7
                         ^
                1 error in job.yaml
                """#),
        BadCase(
            "a needed model is not there",
            changes: [
                (#"  prm: { model: models/prm, profile: token-classification }\#n"#, #""#)
            ],
            says: #"""
                job.yaml:4:3: error: the method 'rsd' needs the model 'prm', which is not defined
                  draft: { model: models/draft }
                  ^
                1 error in job.yaml
                """#),
        BadCase(
            "two data sets of one name",
            changes: [
                (
                    #"- { name: heldout, path: problems.jsonl }"#,
                    #"- { name: heldout, path: problems.jsonl }\#n  - { name: heldout, path: problems.jsonl }"#
                )
            ],
            says: #"""
                job.yaml:12:13: error: a data set named 'heldout' is already defined on line 11
                  - { name: heldout, path: problems.jsonl }
                            ^
                1 error in job.yaml
                """#),
        BadCase(
            "limits",
            changes: [
                (#"path: problems.jsonl }"#, #"path: problems.jsonl, limit: 0, id: "" }"#)
            ],
            says: #"""
                job.yaml:11:51: error: 'limit' must be at least 1, found 0
                  - { name: heldout, path: problems.jsonl, limit: 0, id: "" }
                                                                  ^
                job.yaml:11:58: error: 'id' is empty
                  - { name: heldout, path: problems.jsonl, limit: 0, id: "" }
                                                                         ^
                2 errors in job.yaml
                """#),
        BadCase(
            "a limit above the size is only a warning",
            changes: [
                (#"path: problems.jsonl }"#, #"path: problems.jsonl, limit: 50 }"#)
            ],
            says: #"""
                job.yaml:11:51: warning: the limit is 50, and the data set has only 3 problems
                  - { name: heldout, path: problems.jsonl, limit: 50 }
                                                                  ^
                loaded
                """#),
    ]
}

extension BadCase {
    static let engineArguments: [BadCase] = [
        BadCase(
            "flags with dashes, and flags of the runner",
            changes: [
                (#"concurrency: 8"#, #"args: { --threads: 2, port: 8000, a b: 1 }"#)
            ],
            says: #"""
                job.yaml:9:11: error: write the flag '--threads' without its dashes: 'threads'
                  args: { --threads: 2, port: 8000, a b: 1 }
                          ^
                job.yaml:9:25: error: 'port' is set by the runner; remove it
                  args: { --threads: 2, port: 8000, a b: 1 }
                                        ^
                job.yaml:9:37: error: "a b" is not a name for a flag
                  args: { --threads: 2, port: 8000, a b: 1 }
                                                    ^
                3 errors in job.yaml
                """#),
        BadCase(
            "flags without a value",
            changes: [
                (#"concurrency: 8"#, #"args: { threads: , x: {}, y: [true, a] }"#)
            ],
            says: #"""
                job.yaml:9:11: error: expected text or a number for 'threads', found nothing
                  args: { threads: , x: {}, y: [true, a] }
                          ^
                job.yaml:9:25: error: expected text, a number, true, false or a list for 'x', found a mapping
                  args: { threads: , x: {}, y: [true, a] }
                                        ^
                job.yaml:9:33: error: a list for 'y' holds text and numbers; put true in quotes
                  args: { threads: , x: {}, y: [true, a] }
                                                ^
                3 errors in job.yaml
                """#),
        BadCase(
            "environment",
            changes: [
                (#"concurrency: 8"#, #"env: { 1A: x, B: , C: [1] }"#)
            ],
            says: #"""
                job.yaml:9:10: error: "1A" is not a name for an environment variable
                  env: { 1A: x, B: , C: [1] }
                         ^
                job.yaml:9:17: error: expected text or a number for 'B', found nothing
                  env: { 1A: x, B: , C: [1] }
                                ^
                job.yaml:9:25: error: expected text or a number for 'C', found a list
                  env: { 1A: x, B: , C: [1] }
                                        ^
                3 errors in job.yaml
                """#),
        BadCase(
            "a list for args",
            changes: [
                (#"concurrency: 8"#, #"args: [--threads, 2]"#)
            ],
            says: #"""
                job.yaml:9:9: error: expected a mapping for 'args', found a list
                  args: [--threads, 2]
                        ^
                1 error in job.yaml
                """#),
    ]
}

extension BadCase {
    static let yaml: [BadCase] = [
        BadCase(
            "a bracket that is not closed",
            changes: [
                (#"0.7 } }"#, #"0.7 }"#)
            ],
            says: #"""
                job.yaml:16:3: error: did not find expected ',' or '}', while parsing a flow mapping that begins at 15:5
                  - target_only
                  ^
                1 error in job.yaml
                """#),
        BadCase(
            "a tab",
            changes: [
                (#"  kind: pocket"#, #"\#tkind: pocket"#)
            ],
            says: #"""
                job.yaml:8:1: error: YAML cannot be indented with tabs; use spaces
                \#tkind: pocket
                ^
                1 error in job.yaml
                """#),
        BadCase(
            "a colon in plain text",
            changes: [
                (#"name: demo"#, #"name: demo: one"#)
            ],
            says: #"""
                job.yaml:1:11: error: misplaced ':'; put text that contains ': ' in quotes, and align keys
                name: demo: one
                          ^
                1 error in job.yaml
                """#),
        BadCase(
            "bad indentation",
            changes: [
                (#"  kind: pocket"#, #"    kind: pocket"#)
            ],
            says: #"""
                job.yaml:9:3: error: did not find expected key, while parsing a block mapping that begins at 1:1
                  concurrency: 8
                  ^
                1 error in job.yaml
                """#),
        BadCase(
            "a quote that is not closed",
            changes: [
                (#"name: demo"#, #"name: "demo"#)
            ],
            says: #"""
                job.yaml:12:10: error: did not find expected key, while parsing a block mapping that begins at 1:1
                prompt: "{question}\n\n"
                         ^
                1 error in job.yaml
                """#),
        BadCase(
            "an unknown escape",
            changes: [
                (#"{question}\n"#, #"{question}\q"#)
            ],
            says: #"""
                job.yaml:12:20: error: found unknown escape character, while parsing a quoted scalar that begins at 12:9
                prompt: "{question}\q\n"
                                   ^
                1 error in job.yaml
                """#),
        BadCase(
            "an alias without an anchor",
            changes: [
                (#"seed: 7"#, #"seed: *x"#)
            ],
            says: #"""
                job.yaml:2:7: error: the alias '*x' has no anchor '&x' above it
                seed: *x
                      ^
                1 error in job.yaml
                """#),
        BadCase(
            "a tag",
            changes: [
                (#"seed: 7"#, #"seed: !!int 7"#)
            ],
            says: #"""
                job.yaml:2:7: error: tags such as '!!int' are not supported; put text in quotes, and write other values plainly
                seed: !!int 7
                      ^
                1 error in job.yaml
                """#),
        BadCase(
            "two documents",
            changes: [
                (#"grading: { with: exact }"#, #"---\#nname: second"#)
            ],
            says: #"""
                job.yaml:17:1: error: a second YAML document begins here; a spec is a single document
                ---
                ^
                1 error in job.yaml
                """#),
        BadCase(
            "an empty file",
            job: #""#,
            says: #"""
                job.yaml:1:1: error: the file is empty
                1 error in job.yaml
                """#),
        BadCase(
            "a file of comments",
            job: #"# nothing here\#n"#,
            says: #"""
                job.yaml:1:1: error: the file is empty
                # nothing here
                ^
                1 error in job.yaml
                """#),
        BadCase(
            "a control character",
            changes: [
                (#"demo"#, #"de\#u{1}mo"#)
            ],
            says: #"""
                job.yaml:1:9: error: control characters are not allowed
                name: de\#u{1}mo
                        ^
                1 error in job.yaml
                """#),
        BadCase(
            "nested too deeply",
            job: "a: " + String(repeating: "[", count: 70) + String(repeating: "]", count: 70),
            says: #"""
                job.yaml:1:67: error: nested too deeply
                a: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]…
                                                                                  ^
                1 error in job.yaml
                """#),
    ]
}

extension BadCase {
    static let files: [BadCase] = [
        BadCase(
            "no model directory",
            changes: [
                (#"models/draft"#, #"Qwen/Qwen2.5-Math-1.5B"#)
            ],
            says: #"""
                job.yaml:4:19: error: there is no directory Qwen/Qwen2.5-Math-1.5B; a model must be a local directory
                  draft: { model: Qwen/Qwen2.5-Math-1.5B }
                                  ^
                1 error in job.yaml
                """#),
        BadCase(
            "a model that is a file",
            changes: [
                (#"models/draft"#, #"job.yaml"#)
            ],
            says: #"""
                job.yaml:4:19: error: job.yaml is a file; a model must be a directory with config.json
                  draft: { model: job.yaml }
                                  ^
                1 error in job.yaml
                """#),
        BadCase(
            "no config.json",
            changes: [
                (#"models/draft"#, #"models"#)
            ],
            says: #"""
                job.yaml:4:19: error: models has no readable config.json
                  draft: { model: models }
                                  ^
                1 error in job.yaml
                """#),
        BadCase(
            "no data set",
            changes: [
                (#"problems.jsonl"#, #"nowhere/problems.jsonl"#)
            ],
            says: #"""
                job.yaml:11:28: error: there is no file nowhere/problems.jsonl
                  - { name: heldout, path: nowhere/problems.jsonl }
                                           ^
                1 error in job.yaml
                """#),
        BadCase(
            "a data set that is a directory",
            changes: [
                (#"problems.jsonl"#, #"models"#)
            ],
            says: #"""
                job.yaml:11:28: error: the file name does not show the format of the data set; set 'format' to one of jsonl, json, csv, tsv
                  - { name: heldout, path: models }
                                           ^
                job.yaml:11:28: error: models is a directory, not a file
                  - { name: heldout, path: models }
                                           ^
                2 errors in job.yaml
                """#),
        BadCase(
            "no prompt file",
            changes: [
                (#"prompt: "{question}\n\n""#, #"prompt: { file: prompt.txt }"#)
            ],
            says: #"""
                job.yaml:12:17: error: there is no file prompt.txt
                prompt: { file: prompt.txt }
                                ^
                1 error in job.yaml
                """#),
        BadCase(
            "a prompt file without the question",
            changes: [
                (#"prompt: "{question}\n\n""#, #"prompt: { file: problems.jsonl }"#)
            ],
            says: #"""
                job.yaml:12:17: error: in problems.jsonl, the prompt does not contain {question}
                prompt: { file: problems.jsonl }
                                ^
                1 error in job.yaml
                """#),
        BadCase(
            "a missing model that no method needs is only a warning",
            changes: [
                (#"models/prm"#, #"models/none"#),
                (#"- { rsd: { threshold: 0.7 } }"#, #"- draft_only"#),
            ],
            says: #"""
                job.yaml:6:17: warning: there is no directory models/none; a model must be a local directory (no method needs it)
                  prm: { model: models/none, profile: token-classification }
                                ^
                loaded
                """#),
        BadCase(
            "everything at once",
            changes: [
                (#"seed: 7"#, #"sed: x"#),
                (#"models/draft"#, #"models/darft"#),
                (#"0.7"#, #"7"#),
                (#"problems.jsonl"#, #"problem.jsonl"#),
            ],
            says: #"""
                job.yaml:2:1: error: unknown key 'sed' in the job; did you mean 'seed'?
                sed: x
                ^
                job.yaml:2:6: error: expected a whole number for 'seed', found the text "x"
                sed: x
                     ^
                job.yaml:4:19: error: there is no directory models/darft; a model must be a local directory
                  draft: { model: models/darft }
                                  ^
                job.yaml:11:28: error: there is no file problem.jsonl
                  - { name: heldout, path: problem.jsonl }
                                           ^
                job.yaml:15:25: error: 'threshold' must be from 0 to 1, found 7
                  - { rsd: { threshold: 7 } }
                                        ^
                5 errors in job.yaml
                """#),
    ]
}
