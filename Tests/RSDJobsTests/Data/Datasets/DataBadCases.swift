// Data sets that are wrong.

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

                """#),
        BadCase(
            "a JSON list",
            changes: [],
            problems: #"""
                [
                  {"question": "q", "answer": 1}
                ]

                """#),
        BadCase(
            "missing fields",
            changes: [],
            problems: #"""
                {"problem": "q", "answer": 1}
                {"Question": "q", "answr": 1}
                {}

                """#),
        BadCase(
            "fields of a wrong type",
            changes: [(#"path: problems.jsonl }"#, #"path: problems.jsonl, id: uid }"#)],
            problems: #"""
                {"question": 1, "answer": ["a"], "uid": 1.5}
                {"question": null, "answer": true, "uid": {}}
                {"question": ["q"], "answer": {"a": 1}, "uid": "x"}

                """#),
        BadCase(
            "empty questions",
            changes: [],
            problems: #"""
                {"question": "", "answer": 1}
                {"question": " \n", "answer": 1}

                """#),
        BadCase(
            "no answers is only a warning",
            changes: [],
            problems: #"""
                {"question": "q", "answer": "a"}
                {"question": "q", "answer": ""}
                {"question": "q", "answer": " "}

                """#),
        BadCase(
            "duplicate ids",
            changes: [(#"path: problems.jsonl }"#, #"path: problems.jsonl, id: uid }"#)],
            problems: #"""
                {"question": "q", "answer": 1, "uid": 7}

                {"question": "q", "answer": 1, "uid": "b"}
                {"question": "q", "answer": 1, "uid": "7"}

                """#),
        BadCase(
            "ids that are none",
            changes: [(#"path: problems.jsonl }"#, #"path: problems.jsonl, id: uid }"#)],
            problems: #"""
                {"question": "q", "answer": 1, "uid": ""}
                {"question": "q", "answer": 1, "uid": "a\nb"}
                {"question": "q", "answer": 1}

                """#),
        BadCase(
            "duplicate fields",
            changes: [],
            problems: #"""
                {"question": "q", "answer": 1, "question": "r"}

                """#),
        BadCase(
            "an empty data set",
            changes: [],
            problems: #""#),
        BadCase(
            "blank lines only",
            changes: [],
            problems: #"\#n  \#r\#n\#n"#),
        BadCase(
            "more errors than are shown",
            changes: [],
            problems: "abcdeghijklm".map { #"{"q": \#($0)}\#n"# }.joined() + "{\"q\": m}\n"),
        BadCase(
            "one fault beyond the limit does not matter",
            changes: [(#"path: problems.jsonl }"#, #"path: problems.jsonl, limit: 1 }"#)],
            problems: #"""
                {"question": "q", "answer": "a"}
                oops

                """#),
    ]
}
