// Data sets that are wrong, and what is said of them, word for word.

extension BadCase {
    static let datasetLines: [BadCase] = [
        BadCase(
            "not JSON",
            changes: [],
            problems: #"""
                {"question": "q", "answer": 1}
                {"question": "q", "answer": }
                {"question": "q" "answer": 1}
                {'question': 1}
                {"question": "q"
                {"question": "q", "answer": 1,}
                {"question": "q", "answer": NaN}
                {"question": "q", "answer": 01}
                {"question": "q", "answer": 1} x

                """#,
            says: #"""
                problems.jsonl:2:29: error: not JSON: expected a value, found '}'
                {"question": "q", "answer": }
                                            ^
                problems.jsonl:3:18: error: not JSON: expected ',' or '}', found '"'
                {"question": "q" "answer": 1}
                                 ^
                problems.jsonl:4:2: error: not JSON: expected a field name in double quotes, found '''
                {'question': 1}
                 ^
                problems.jsonl:5:17: error: not JSON: expected ',' or '}', found the end of the line
                {"question": "q"
                                ^
                problems.jsonl:6:31: error: not JSON: expected a field name in double quotes, found '}'
                {"question": "q", "answer": 1,}
                                              ^
                problems.jsonl:7: error: expected text or a number in 'answer', found NaN, which is not a number
                problems.jsonl:8:30: error: not JSON: expected ',' or '}', found '1'
                {"question": "q", "answer": 01}
                                             ^
                problems.jsonl:9:32: error: not JSON: expected the end of the line, found 'x'
                {"question": "q", "answer": 1} x
                                               ^
                8 errors in job.yaml
                """#),
        BadCase(
            "bad strings",
            changes: [],
            problems: #"""
                {"question": "a\x", "answer": 1}
                {"question": "\ud83d", "answer": 1}
                {"question": "a\#tb", "answer": 1}
                {"question": "q
                {"question": "\u12g4"}

                """#,
            says: #"""
                problems.jsonl:1:16: error: not JSON: an unknown escape
                {"question": "a\x", "answer": 1}
                               ^
                problems.jsonl:2:15: error: half of a surrogate pair
                {"question": "\ud83d", "answer": 1}
                              ^
                problems.jsonl:3:16: error: not JSON: a control character in a string
                {"question": "a\#tb", "answer": 1}
                               ^
                problems.jsonl:4:16: error: not JSON: expected '"', found the end of the line
                {"question": "q
                               ^
                problems.jsonl:5:17: error: not JSON: expected four hexadecimal digits, found '1'
                {"question": "\u12g4"}
                                ^
                5 errors in job.yaml
                """#),
        BadCase(
            "not an object",
            changes: [],
            problems: #"""
                "text"
                42
                {"question": "q", "answer": 1}
                ["a"]
                null

                """#,
            says: #"""
                problems.jsonl:1:1: error: expected a JSON object, found the text "text"
                "text"
                ^
                problems.jsonl:2:1: error: expected a JSON object, found the number 42
                42
                ^
                problems.jsonl:4:1: error: expected a JSON object, found a list
                ["a"]
                ^
                problems.jsonl:5:1: error: expected a JSON object, found null
                null
                ^
                4 errors in job.yaml
                """#),
        BadCase(
            "a JSON list",
            changes: [],
            problems: #"""
                [
                  {"question": "q", "answer": 1}
                ]

                """#,
            says: #"""
                problems.jsonl:1:1: error: found a JSON list, but JSON Lines need one object per line; for a list, set 'format: json'
                1 error in job.yaml
                """#),
        BadCase(
            "missing fields",
            changes: [],
            problems: #"""
                {"problem": "q", "answer": 1}
                {"Question": "q", "answr": 1}
                {}

                """#,
            says: #"""
                problems.jsonl:1: error: no field 'question'; the record has 'problem', 'answer' (and 2 more records like this one)
                problems.jsonl:2: error: no field 'answer'; the record has 'Question', 'answr'; did you mean 'answr'? (and 1 more record like this one)
                2 errors in job.yaml
                """#),
        BadCase(
            "fields of a wrong type",
            changes: [(#"path: problems.jsonl }"#, #"path: problems.jsonl, id: uid }"#)],
            problems: #"""
                {"question": 1, "answer": ["a"], "uid": 1.5}
                {"question": null, "answer": true, "uid": {}}
                {"question": ["q"], "answer": {"a": 1}, "uid": "x"}

                """#,
            says: #"""
                problems.jsonl:1: error: expected text in 'question', found the number 1 (and 2 more records like this one)
                problems.jsonl:1: error: expected text or a number in 'answer', found a list (and 2 more records like this one)
                problems.jsonl:1: error: expected text or a whole number in 'uid', found the number 1.5 (and 1 more record like this one)
                3 errors in job.yaml
                """#),
        BadCase(
            "empty questions",
            changes: [],
            problems: #"""
                {"question": "", "answer": 1}
                {"question": " \n", "answer": 1}

                """#,
            says: #"""
                problems.jsonl:1: error: the question is empty (and 1 more record like this one)
                1 error in job.yaml
                """#),
        BadCase(
            "no answers is only a warning",
            changes: [],
            problems: #"""
                {"question": "q", "answer": "a"}
                {"question": "q", "answer": ""}
                {"question": "q", "answer": " "}

                """#,
            says: #"""
                problems.jsonl:2: warning: 2 problems without an answer, counted as wrong
                loaded
                """#),
        BadCase(
            "duplicate ids",
            changes: [(#"path: problems.jsonl }"#, #"path: problems.jsonl, id: uid }"#)],
            problems: #"""
                {"question": "q", "answer": 1, "uid": 7}

                {"question": "q", "answer": 1, "uid": "b"}
                {"question": "q", "answer": 1, "uid": "7"}

                """#,
            says: #"""
                problems.jsonl:4: error: duplicate id "7"; first used on line 1
                1 error in job.yaml
                """#),
        BadCase(
            "ids that are none",
            changes: [(#"path: problems.jsonl }"#, #"path: problems.jsonl, id: uid }"#)],
            problems: #"""
                {"question": "q", "answer": 1, "uid": ""}
                {"question": "q", "answer": 1, "uid": "a\nb"}
                {"question": "q", "answer": 1}

                """#,
            says: #"""
                problems.jsonl:1: error: "" in 'uid' is not a valid id: it is empty or contains a control character (and 1 more record like this one)
                problems.jsonl:3: error: no field 'uid'; the record has 'question', 'answer'
                2 errors in job.yaml
                """#),
        BadCase(
            "duplicate fields",
            changes: [],
            problems: #"""
                {"question": "q", "answer": 1, "question": "r"}

                """#,
            says: #"""
                problems.jsonl:1:32: error: duplicate field 'question'
                {"question": "q", "answer": 1, "question": "r"}
                                               ^
                1 error in job.yaml
                """#),
        BadCase(
            "an empty data set",
            changes: [],
            problems: #""#,
            says: #"""
                problems.jsonl: error: the data set is empty
                1 error in job.yaml
                """#),
        BadCase(
            "blank lines only",
            changes: [],
            problems: #"\#n  \#r\#n\#n"#,
            says: #"""
                problems.jsonl: error: the data set is empty
                1 error in job.yaml
                """#),
        BadCase(
            "more errors than are shown",
            changes: [],
            problems: "abcdeghijklm".map { #"{"q": \#($0)}\#n"# }.joined() + "{\"q\": m}\n",
            says: "abcdeghijk".enumerated().map { line, letter in
                #"""
                problems.jsonl:\#(line + 1):7: error: not JSON: expected a value, found '\#(letter)'
                {"q": \#(letter)}
                      ^

                """#
            }.joined() + """
                problems.jsonl: error: and 3 more
                13 errors in job.yaml
                """),
        BadCase(
            "one fault beyond the limit does not matter",
            changes: [(#"path: problems.jsonl }"#, #"path: problems.jsonl, limit: 1 }"#)],
            problems: #"""
                {"question": "q", "answer": "a"}
                oops

                """#,
            says: #"""
                loaded
                """#),
    ]
}
