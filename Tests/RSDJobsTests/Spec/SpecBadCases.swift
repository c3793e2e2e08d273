// What users get wrong, and what they are told, word for word.

extension BadCase {
    static let keys: [BadCase] = [
        BadCase(
            "a misspelt key, and what is wrong with its value",
            changes: [
                (#"threshold: 0.7"#, #"tresholds: 1.7"#)
            ],
            says: #"""
                job.yaml:15:14: error: unknown key 'tresholds' in rsd; did you mean 'threshold'?
                  - { rsd: { tresholds: 1.7 } }
                             ^
                job.yaml:15:25: error: 'threshold' must be from 0 to 1, found 1.7
                  - { rsd: { tresholds: 1.7 } }
                                        ^
                2 errors in job.yaml
                """#),
        BadCase(
            "a misspelt section",
            changes: [
                (#"datasets:"#, #"dataset:"#)
            ],
            says: #"""
                job.yaml:10:1: error: unknown key 'dataset' in the job; did you mean 'datasets'?
                dataset:
                ^
                1 error in job.yaml
                """#),
        BadCase(
            "an unknown key near no other",
            changes: [
                (#"seed: 7"#, #"colour: blue"#)
            ],
            says: #"""
                job.yaml:2:1: error: unknown key 'colour' in the job; known keys: name, seed, models, engine, datasets, prompt, decoding, methods, grading
                colour: blue
                ^
                1 error in job.yaml
                """#),
        BadCase(
            "hyphen for underscore, camel case",
            changes: [
                (#"max_tokens: 64"#, #"max-tokens: 64, topP: 1"#)
            ],
            says: #"""
                job.yaml:13:32: error: unknown key 'max-tokens' in decoding; did you mean 'max_tokens'?
                decoding: { delimiter: "\n\n", max-tokens: 64, topP: 1, temperature: 0 }
                                               ^
                job.yaml:13:48: error: unknown key 'topP' in decoding; did you mean 'top_p'?
                decoding: { delimiter: "\n\n", max-tokens: 64, topP: 1, temperature: 0 }
                                                               ^
                2 errors in job.yaml
                """#),
        BadCase(
            "a duplicate key",
            changes: [
                (#"grading:"#, #"seed: 8\#ngrading:"#)
            ],
            says: #"""
                job.yaml:17:1: error: duplicate key 'seed'; first set on line 2
                seed: 8
                ^
                1 error in job.yaml
                """#),
        BadCase(
            "a duplicate key in a flow mapping",
            changes: [
                (#"max_tokens: 64"#, #"max_tokens: 64, max_tokens: 65"#)
            ],
            says: #"""
                job.yaml:13:48: error: duplicate key 'max_tokens'; first set on line 13
                decoding: { delimiter: "\n\n", max_tokens: 64, max_tokens: 65, temperature: 0 }
                                                               ^
                1 error in job.yaml
                """#),
        BadCase(
            "missing keys",
            changes: [
                (#"name: demo\#n"#, #""#),
                (#"  kind: pocket\#n"#, #""#),
                (#"  - { name: heldout, path: problems.jsonl }"#, #"  - { question: q }"#),
                (#"with: exact"#, #""#),
            ],
            says: #"""
                job.yaml:1:1: error: missing key 'name' in the job
                seed: 7
                ^
                job.yaml:7:3: error: missing key 'kind' in engine
                  concurrency: 8
                  ^
                job.yaml:9:5: error: missing key 'name' in a data set
                  - { question: q }
                    ^
                job.yaml:9:5: error: missing key 'path' in a data set
                  - { question: q }
                    ^
                job.yaml:15:10: error: missing key 'with' in grading
                grading: {  }
                         ^
                5 errors in job.yaml
                """#),
        BadCase(
            "a model without its path, a PRM without its profile",
            changes: [
                (#"{ model: models/draft }"#, #"{}"#),
                (#", profile: token-classification"#, #""#),
            ],
            says: #"""
                job.yaml:4:10: error: missing key 'model' in draft
                  draft: {}
                         ^
                job.yaml:6:8: error: missing key 'profile' in prm
                  prm: { model: models/prm }
                       ^
                2 errors in job.yaml
                """#),
        BadCase(
            "a profile on a model that has none",
            changes: [
                (#"models/draft }"#, #"models/draft, profile: token-classification }"#)
            ],
            says: #"""
                job.yaml:4:33: error: unknown key 'profile' in draft; known keys: model, context, parameters, args, url, key_env, served
                  draft: { model: models/draft, profile: token-classification }
                                                ^
                1 error in job.yaml
                """#),
        BadCase(
            "a merge key",
            changes: [
                (#"seed: 7"#, #"<<: { seed: 7 }"#)
            ],
            says: #"""
                job.yaml:2:1: error: merge keys ('<<') are not supported; write the keys out
                <<: { seed: 7 }
                ^
                1 error in job.yaml
                """#),
        BadCase(
            "a key that is a list",
            changes: [
                (#"seed: 7"#, #"[a]: 7"#)
            ],
            says: #"""
                job.yaml:2:1: error: a key must be text, not a list or a mapping
                [a]: 7
                ^
                1 error in job.yaml
                """#),
    ]
}

extension BadCase {
    static let types: [BadCase] = [
        BadCase(
            "a decimal comma",
            changes: [
                (#"0.7"#, #""0,7""#)
            ],
            says: #"""
                job.yaml:15:25: error: expected a number for 'threshold', found the text "0,7"; write the decimal point as '.'
                  - { rsd: { threshold: "0,7" } }
                                        ^
                1 error in job.yaml
                """#),
        BadCase(
            "quoted numbers",
            changes: [
                (#"0.7"#, #""0.7""#),
                (#"seed: 7"#, #"seed: '7'"#),
            ],
            says: #"""
                job.yaml:2:7: error: expected a whole number for 'seed', found the text "7"; remove the quotes
                seed: '7'
                      ^
                job.yaml:15:25: error: expected a number for 'threshold', found the text "0.7"; remove the quotes
                  - { rsd: { threshold: "0.7" } }
                                        ^
                2 errors in job.yaml
                """#),
        BadCase(
            "a number for a name",
            changes: [
                (#"name: demo"#, #"name: 2024"#)
            ],
            says: #"""
                job.yaml:1:7: error: expected text for 'name', found 2024; put it in quotes
                name: 2024
                      ^
                1 error in job.yaml
                """#),
        BadCase(
            "a truth value for a name",
            changes: [
                (#"name: heldout"#, #"name: true"#)
            ],
            says: #"""
                job.yaml:11:13: error: expected text for 'name', found true; put it in quotes
                  - { name: true, path: problems.jsonl }
                            ^
                1 error in job.yaml
                """#),
        BadCase(
            "text for a whole number",
            changes: [
                (#"max_tokens: 64"#, #"max_tokens: lots"#)
            ],
            says: #"""
                job.yaml:13:44: error: expected a whole number for 'max_tokens', found the text "lots"
                decoding: { delimiter: "\n\n", max_tokens: lots, temperature: 0 }
                                                           ^
                1 error in job.yaml
                """#),
        BadCase(
            "a fraction for a whole number",
            changes: [
                (#"max_tokens: 64"#, #"max_tokens: 64.5"#)
            ],
            says: #"""
                job.yaml:13:44: error: expected a whole number for 'max_tokens', found 64.5
                decoding: { delimiter: "\n\n", max_tokens: 64.5, temperature: 0 }
                                                           ^
                1 error in job.yaml
                """#),
        BadCase(
            "nothing for a number",
            changes: [
                (#"seed: 7"#, #"seed:"#)
            ],
            says: #"""
                job.yaml:2:1: error: expected a whole number for 'seed', found nothing
                seed:
                ^
                1 error in job.yaml
                """#),
        BadCase(
            "nothing for a section",
            changes: [
                (#"engine:\#n  kind: pocket\#n  concurrency: 8"#, #"engine:"#)
            ],
            says: #"""
                job.yaml:7:1: error: expected a mapping such as { kind: … } for 'engine', found nothing
                engine:
                ^
                1 error in job.yaml
                """#),
        BadCase(
            "a mapping for a number",
            changes: [
                (#"0.7"#, #"{ a: 1 }"#)
            ],
            says: #"""
                job.yaml:15:25: error: expected a number for 'threshold', found a mapping
                  - { rsd: { threshold: { a: 1 } } }
                                        ^
                1 error in job.yaml
                """#),
        BadCase(
            "a mapping for a list",
            changes: [
                (
                    #"  - { name: heldout, path: problems.jsonl }"#,
                    #"  name: heldout\#n  path: problems.jsonl"#
                )
            ],
            says: #"""
                job.yaml:11:3: error: expected a list for 'datasets', found a mapping
                  name: heldout
                  ^
                1 error in job.yaml
                """#),
        BadCase(
            "text for a mapping",
            changes: [
                (#"{ model: models/draft }"#, #"models/draft"#),
                (#"grading: { with: exact }"#, #"grading: exact"#),
            ],
            says: #"""
                job.yaml:4:10: error: expected a mapping such as { model: … } for 'draft', found the text "models/draft"
                  draft: models/draft
                         ^
                job.yaml:17:10: error: expected a mapping such as { with: … } for 'grading', found the text "exact"
                grading: exact
                         ^
                2 errors in job.yaml
                """#),
        BadCase(
            "empty lists",
            changes: [
                (#"  - { name: heldout, path: problems.jsonl }"#, #"  []"#),
                (#"  - { rsd: { threshold: 0.7 } }\#n  - target_only"#, #"  []"#),
            ],
            says: #"""
                job.yaml:11:3: error: 'datasets' is an empty list
                  []
                  ^
                job.yaml:15:3: error: 'methods' is an empty list
                  []
                  ^
                2 errors in job.yaml
                """#),
        BadCase(
            "a list for the job",
            job: #"- name: demo\#n"#,
            says: #"""
                job.yaml:1:1: error: expected a mapping such as { name: … } for the job, found a list
                - name: demo
                ^
                1 error in job.yaml
                """#),
    ]
}

extension BadCase {
    static let values: [BadCase] = [
        BadCase(
            "a threshold above one",
            changes: [
                (#"0.7"#, #"1.5"#)
            ],
            says: #"""
                job.yaml:15:25: error: 'threshold' must be from 0 to 1, found 1.5
                  - { rsd: { threshold: 1.5 } }
                                        ^
                1 error in job.yaml
                """#),
        BadCase(
            "numbers that are none",
            changes: [
                (#"0.7"#, #".nan"#),
                (#"temperature: 0"#, #"temperature: .inf"#),
            ],
            says: #"""
                job.yaml:13:61: error: 'temperature' must be at least 0, found .inf
                decoding: { delimiter: "\n\n", max_tokens: 64, temperature: .inf }
                                                                            ^
                job.yaml:15:25: error: 'threshold' must be from 0 to 1, found .nan
                  - { rsd: { threshold: .nan } }
                                        ^
                2 errors in job.yaml
                """#),
        BadCase(
            "sampling out of range",
            changes: [
                (#"temperature: 0"#, #"temperature: -1, top_p: 0, max_steps: 0, lookahead: 0"#),
                (#"max_tokens: 64"#, #"max_tokens: 0"#),
            ],
            says: #"""
                job.yaml:13:44: error: 'max_tokens' must be at least 1, found 0
                decoding: { delimiter: "\n\n", max_tokens: 0, temperature: -1, top_p: 0, max_steps: 0, lookahead: 0 …
                                                           ^
                job.yaml:13:60: error: 'temperature' must be at least 0, found -1
                decoding: { delimiter: "\n\n", max_tokens: 0, temperature: -1, top_p: 0, max_steps: 0, lookahead: 0 …
                                                                           ^
                job.yaml:13:71: error: 'top_p' must be more than 0 and at most 1, found 0
                decoding: { delimiter: "\n\n", max_tokens: 0, temperature: -1, top_p: 0, max_steps: 0, lookahead: 0 …
                                                                                      ^
                job.yaml:13:85: error: 'max_steps' must be at least 1, found 0
                …_tokens: 0, temperature: -1, top_p: 0, max_steps: 0, lookahead: 0 }
                                                                   ^
                job.yaml:13:99: error: 'lookahead' must be at least 1, found 0
                …mperature: -1, top_p: 0, max_steps: 0, lookahead: 0 }
                                                                   ^
                5 errors in job.yaml
                """#),
        BadCase(
            "a look-ahead that is no number",
            changes: [
                (#"temperature: 0"#, #"lookahead: some"#)
            ],
            says: #"""
                job.yaml:13:59: error: expected 'all' or a whole number for 'lookahead', found the text "some"
                decoding: { delimiter: "\n\n", max_tokens: 64, lookahead: some }
                                                                          ^
                1 error in job.yaml
                """#),
        BadCase(
            "a seed below zero",
            changes: [
                (#"seed: 7"#, #"seed: -1"#)
            ],
            says: #"""
                job.yaml:2:7: error: 'seed' must be at least 0, found -1
                seed: -1
                      ^
                1 error in job.yaml
                """#),
        BadCase(
            "a seed too big",
            changes: [
                (#"seed: 7"#, #"seed: 99999999999999999999"#)
            ],
            says: #"""
                job.yaml:2:7: error: 'seed' must be at most 18446744073709551615, found 99999999999999999999
                seed: 99999999999999999999
                      ^
                1 error in job.yaml
                """#),
        BadCase(
            "engine limits",
            changes: [
                (#"concurrency: 8"#, #"concurrency: 0\#n  start_timeout: 0\#n  stall_timeout: -3"#)
            ],
            says: #"""
                job.yaml:9:16: error: 'concurrency' must be at least 1, found 0
                  concurrency: 0
                               ^
                job.yaml:10:18: error: 'start_timeout' must be more than 0, found 0
                  start_timeout: 0
                                 ^
                job.yaml:11:18: error: 'stall_timeout' must be more than 0, found -3
                  stall_timeout: -3
                                 ^
                3 errors in job.yaml
                """#),
        BadCase(
            "unknown words",
            changes: [
                (#"kind: pocket"#, #"kind: poket\#n  residency: slep"#),
                (#"with: exact"#, #"with: math-verfy"#),
                (#"token-classification"#, #"skyworks"#),
            ],
            says: #"""
                job.yaml:6:38: error: unknown profile "skyworks"; did you mean 'skywork'?
                  prm: { model: models/prm, profile: skyworks }
                                                     ^
                job.yaml:8:9: error: unknown engine "poket"; did you mean 'pocket'?
                  kind: poket
                        ^
                job.yaml:9:14: error: unknown residency "slep"; did you mean 'sleep'?
                  residency: slep
                             ^
                job.yaml:18:18: error: unknown grader "math-verfy"; did you mean 'math-verify'?
                grading: { with: math-verfy }
                                 ^
                4 errors in job.yaml
                """#),
        BadCase(
            "groups where they have no meaning",
            changes: [
                (#"kind: pocket"#, #"kind: pocket\#n  residency: auto\#n  groups: [[draft, prm], [target]]"#)
            ],
            says: #"""
                job.yaml:10:11: error: 'groups' applies to 'residency: swap' and 'sleep'; 'auto' chooses the groups itself
                  groups: [[draft, prm], [target]]
                          ^
                1 error in job.yaml
                """#),
        BadCase(
            "a slip in the name of a residency",
            changes: [
                (#"kind: pocket"#, #"kind: vllm\#n  residency: autoo"#)
            ],
            says: #"""
                job.yaml:9:14: error: unknown residency "autoo"; did you mean 'auto'?
                  residency: autoo
                             ^
                1 error in job.yaml
                """#),
        BadCase(
            "names that are no file names",
            changes: [
                (#"name: demo"#, #"name: ../demo"#),
                (#"name: heldout"#, #"name: "held out""#),
                (#"{ threshold: 0.7 }"#, #"{ name: .hidden }"#),
            ],
            says: #"""
                job.yaml:1:7: error: 'name' is used in file names: use at most 100 of A-Z a-z 0-9 . _ - and begin with a letter, digit or _, found "../demo"
                name: ../demo
                      ^
                job.yaml:11:13: error: 'name' is used in file names: use at most 100 of A-Z a-z 0-9 . _ - and begin with a letter, digit or _, found "held out"
                  - { name: "held out", path: problems.jsonl }
                            ^
                job.yaml:15:20: error: 'name' is used in file names: use at most 100 of A-Z a-z 0-9 . _ - and begin with a letter, digit or _, found ".hidden"
                  - { rsd: { name: .hidden } }
                                   ^
                3 errors in job.yaml
                """#),
        BadCase(
            "a delimiter in single quotes",
            changes: [
                (#"delimiter: "\n\n""#, #"delimiter: '\n\n'"#)
            ],
            says: #"""
                job.yaml:13:24: error: in single quotes, '\n' is a backslash and an n, not a line break; write 'delimiter' in double quotes, such as "\n\n"
                decoding: { delimiter: '\n\n', max_tokens: 64, temperature: 0 }
                                       ^
                1 error in job.yaml
                """#),
        BadCase(
            "a plain delimiter",
            changes: [
                (#"delimiter: "\n\n""#, #"delimiter: \n\n"#)
            ],
            says: #"""
                job.yaml:13:24: error: without quotes, '\n' is a backslash and an n, not a line break; write 'delimiter' in double quotes, such as "\n\n"
                decoding: { delimiter: \n\n, max_tokens: 64, temperature: 0 }
                                       ^
                1 error in job.yaml
                """#),
        BadCase(
            "an empty delimiter",
            changes: [
                (#"delimiter: "\n\n""#, #"delimiter: """#)
            ],
            says: #"""
                job.yaml:13:24: error: 'delimiter' is empty
                decoding: { delimiter: "", max_tokens: 64, temperature: 0 }
                                       ^
                1 error in job.yaml
                """#),
        BadCase(
            "a prompt in single quotes",
            changes: [
                (#"prompt: "{question}\n\n""#, #"prompt: '{question}\nAnswer:'"#)
            ],
            says: #"""
                job.yaml:12:9: error: in single quotes, '\n' is a backslash and an n, not a line break; write 'prompt' in double quotes, such as "\n\n"
                prompt: '{question}\nAnswer:'
                        ^
                1 error in job.yaml
                """#),
        BadCase(
            "a prompt in block text",
            changes: [
                (#"prompt: "{question}\n\n""#, #"prompt: |\#n  {question}\n\n"#)
            ],
            says: #"""
                job.yaml:12:9: error: in block text, '\n' is a backslash and an n, not a line break; write 'prompt' in double quotes, such as "\n\n"
                prompt: |
                        ^
                1 error in job.yaml
                """#),
        BadCase(
            "LaTeX in a prompt is only a warning",
            changes: [
                (#"prompt: "{question}\n\n""#, #"prompt: '{question} ($x \neq 0$)'"#)
            ],
            says: #"""
                job.yaml:12:9: warning: in single quotes, '\n' is a backslash and an n, not a line break; use double quotes if you mean a line break
                prompt: '{question} ($x \neq 0$)'
                        ^
                loaded
                """#),
        BadCase(
            "a prompt without the question",
            changes: [
                (#"{question}"#, #"{problem}"#)
            ],
            says: #"""
                job.yaml:12:9: error: the prompt does not contain {question}
                prompt: "{problem}\n\n"
                        ^
                1 error in job.yaml
                """#),
        BadCase(
            "a prompt with the question twice",
            changes: [
                (#"{question}"#, #"{question} {question}"#)
            ],
            says: #"""
                job.yaml:12:9: error: the prompt contains {question} 2 times; it must contain it once
                prompt: "{question} {question}\n\n"
                        ^
                1 error in job.yaml
                """#),
        BadCase(
            "a prompt without quotes",
            changes: [
                (#"prompt: "{question}\n\n""#, #"prompt: {question}"#)
            ],
            says: #"""
                job.yaml:12:9: error: {question} without quotes is a YAML mapping; put the prompt in double quotes
                prompt: {question}
                        ^
                1 error in job.yaml
                """#),
        BadCase(
            "a prompt of two kinds",
            changes: [
                (#"prompt: "{question}\n\n""#, #"prompt: { file: a.txt, text: b }"#)
            ],
            says: #"""
                job.yaml:12:9: error: a prompt with 'file' allows no other key
                prompt: { file: a.txt, text: b }
                        ^
                1 error in job.yaml
                """#),
    ]
}
