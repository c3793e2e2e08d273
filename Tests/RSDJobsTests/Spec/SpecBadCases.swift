// What users get wrong.

extension BadCase {
    static let keys: [BadCase] = [
        BadCase(
            "a misspelt key, and what is wrong with its value",
            changes: [
                (#"threshold: 0.7"#, #"tresholds: 1.7"#)
            ]),
        BadCase(
            "a misspelt section",
            changes: [
                (#"datasets:"#, #"dataset:"#)
            ]),
        BadCase(
            "an unknown key near no other",
            changes: [
                (#"seed: 7"#, #"colour: blue"#)
            ]),
        BadCase(
            "hyphen for underscore, camel case",
            changes: [
                (#"max_tokens: 64"#, #"max-tokens: 64, topP: 1"#)
            ]),
        BadCase(
            "a duplicate key",
            changes: [
                (#"grading:"#, #"seed: 8\#ngrading:"#)
            ]),
        BadCase(
            "a duplicate key in a flow mapping",
            changes: [
                (#"max_tokens: 64"#, #"max_tokens: 64, max_tokens: 65"#)
            ]),
        BadCase(
            "missing keys",
            changes: [
                (#"name: demo\#n"#, #""#),
                (#"  kind: pocket\#n"#, #""#),
                (#"  - { name: heldout, path: problems.jsonl }"#, #"  - { question: q }"#),
                (#"with: exact"#, #""#),
            ]),
        BadCase(
            "a model without its path, a PRM without its profile",
            changes: [
                (#"{ model: models/draft }"#, #"{}"#),
                (#", profile: token-classification"#, #""#),
            ]),
        BadCase(
            "a profile on a model that has none",
            changes: [
                (#"models/draft }"#, #"models/draft, profile: token-classification }"#)
            ]),
        BadCase(
            "a merge key",
            changes: [
                (#"seed: 7"#, #"<<: { seed: 7 }"#)
            ]),
        BadCase(
            "a key that is a list",
            changes: [
                (#"seed: 7"#, #"[a]: 7"#)
            ]),
    ]
}

extension BadCase {
    static let types: [BadCase] = [
        BadCase(
            "a decimal comma",
            changes: [
                (#"0.7"#, #""0,7""#)
            ]),
        BadCase(
            "quoted numbers",
            changes: [
                (#"0.7"#, #""0.7""#),
                (#"seed: 7"#, #"seed: '7'"#),
            ]),
        BadCase(
            "a number for a name",
            changes: [
                (#"name: demo"#, #"name: 2024"#)
            ]),
        BadCase(
            "a truth value for a name",
            changes: [
                (#"name: heldout"#, #"name: true"#)
            ]),
        BadCase(
            "text for a whole number",
            changes: [
                (#"max_tokens: 64"#, #"max_tokens: lots"#)
            ]),
        BadCase(
            "a fraction for a whole number",
            changes: [
                (#"max_tokens: 64"#, #"max_tokens: 64.5"#)
            ]),
        BadCase(
            "nothing for a number",
            changes: [
                (#"seed: 7"#, #"seed:"#)
            ]),
        BadCase(
            "nothing for a section",
            changes: [
                (#"engine:\#n  kind: pocket\#n  concurrency: 8"#, #"engine:"#)
            ]),
        BadCase(
            "a mapping for a number",
            changes: [
                (#"0.7"#, #"{ a: 1 }"#)
            ]),
        BadCase(
            "a mapping for a list",
            changes: [
                (
                    #"  - { name: heldout, path: problems.jsonl }"#,
                    #"  name: heldout\#n  path: problems.jsonl"#
                )
            ]),
        BadCase(
            "text for a mapping",
            changes: [
                (#"{ model: models/draft }"#, #"models/draft"#),
                (#"grading: { with: exact }"#, #"grading: exact"#),
            ]),
        BadCase(
            "empty lists",
            changes: [
                (#"  - { name: heldout, path: problems.jsonl }"#, #"  []"#),
                (#"  - { rsd: { threshold: 0.7 } }\#n  - target_only"#, #"  []"#),
            ]),
        BadCase(
            "a list for the job",
            job: #"- name: demo\#n"#),
    ]
}

extension BadCase {
    static let values: [BadCase] = [
        BadCase(
            "a threshold above one",
            changes: [
                (#"0.7"#, #"1.5"#)
            ]),
        BadCase(
            "numbers that are none",
            changes: [
                (#"0.7"#, #".nan"#),
                (#"temperature: 0"#, #"temperature: .inf"#),
            ]),
        BadCase(
            "sampling out of range",
            changes: [
                (#"temperature: 0"#, #"temperature: -1, top_p: 0, max_steps: 0, lookahead: 0"#),
                (#"max_tokens: 64"#, #"max_tokens: 0"#),
            ]),
        BadCase(
            "a look-ahead that is no number",
            changes: [
                (#"temperature: 0"#, #"lookahead: some"#)
            ]),
        BadCase(
            "a seed below zero",
            changes: [
                (#"seed: 7"#, #"seed: -1"#)
            ]),
        BadCase(
            "a seed too big",
            changes: [
                (#"seed: 7"#, #"seed: 99999999999999999999"#)
            ]),
        BadCase(
            "engine limits",
            changes: [
                (#"concurrency: 8"#, #"concurrency: 0\#n  start_timeout: 0\#n  stall_timeout: -3"#)
            ]),
        BadCase(
            "unknown words",
            changes: [
                (#"kind: pocket"#, #"kind: poket\#n  residency: slep"#),
                (#"with: exact"#, #"with: math-verfy"#),
                (#"token-classification"#, #"skyworks"#),
            ]),
        BadCase(
            "groups where they have no meaning",
            changes: [
                (#"kind: pocket"#, #"kind: pocket\#n  residency: auto\#n  groups: [[draft, prm], [target]]"#)
            ]),
        BadCase(
            "a slip in the name of a residency",
            changes: [
                (#"kind: pocket"#, #"kind: vllm\#n  residency: autoo"#)
            ]),
        BadCase(
            "names that are no file names",
            changes: [
                (#"name: demo"#, #"name: ../demo"#),
                (#"name: heldout"#, #"name: "held out""#),
                (#"{ threshold: 0.7 }"#, #"{ name: .hidden }"#),
            ]),
        BadCase(
            "a delimiter in single quotes",
            changes: [
                (#"delimiter: "\n\n""#, #"delimiter: '\n\n'"#)
            ]),
        BadCase(
            "a plain delimiter",
            changes: [
                (#"delimiter: "\n\n""#, #"delimiter: \n\n"#)
            ]),
        BadCase(
            "an empty delimiter",
            changes: [
                (#"delimiter: "\n\n""#, #"delimiter: """#)
            ]),
        BadCase(
            "a prompt in single quotes",
            changes: [
                (#"prompt: "{question}\n\n""#, #"prompt: '{question}\nAnswer:'"#)
            ]),
        BadCase(
            "a prompt in block text",
            changes: [
                (#"prompt: "{question}\n\n""#, #"prompt: |\#n  {question}\n\n"#)
            ]),
        BadCase(
            "LaTeX in a prompt is only a warning",
            changes: [
                (#"prompt: "{question}\n\n""#, #"prompt: '{question} ($x \neq 0$)'"#)
            ]),
        BadCase(
            "a prompt without the question",
            changes: [
                (#"{question}"#, #"{problem}"#)
            ]),
        BadCase(
            "a prompt with the question twice",
            changes: [
                (#"{question}"#, #"{question} {question}"#)
            ]),
        BadCase(
            "a prompt without quotes",
            changes: [
                (#"prompt: "{question}\n\n""#, #"prompt: {question}"#)
            ]),
        BadCase(
            "a prompt of two kinds",
            changes: [
                (#"prompt: "{question}\n\n""#, #"prompt: { file: a.txt, text: b }"#)
            ]),
    ]
}
