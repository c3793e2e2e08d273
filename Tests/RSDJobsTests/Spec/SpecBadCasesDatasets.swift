extension BadCase {
    private static func dataset(_ title: String, _ settings: String, says: String) -> BadCase {
        BadCase(
            title, changes: [("{ name: heldout, path: problems.jsonl }", "{ name: heldout, \(settings) }")], says: says)
    }

    private static let sum = String(repeating: "a", count: 64)

    static let datasetSettings = [
        dataset(
            "an address without a checksum", "path: https://example.invalid/x.jsonl",
            says: #"""
                job.yaml:11:28: error: a remote data set needs 'sha256'; compute it with `sha256sum` on a local copy
                  - { name: heldout, path: https://example.invalid/x.jsonl }
                                           ^
                1 error in job.yaml
                """#),
        dataset(
            "an address with a password", "path: https://me:pw@example.invalid/x.jsonl, sha256: \(sum)",
            says: #"""
                job.yaml:11:28: error: an address with a password would be stored in the run directory; download the file and give its path
                  - { name: heldout, path: https://me:pw@example.invalid/x.jsonl, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaa…
                                           ^
                1 error in job.yaml
                """#),
        dataset(
            "addresses of another kind", "path: hf://datasets/x.jsonl",
            says: #"""
                job.yaml:11:28: error: 'path' must be a path or an address that starts with http:// or https://, found "hf://datasets/x.jsonl"
                  - { name: heldout, path: hf://datasets/x.jsonl }
                                           ^
                1 error in job.yaml
                """#),
        dataset(
            "an address without a host", "path: 'https:///x.jsonl', sha256: \(sum)",
            says: #"""
                job.yaml:11:28: error: "https:///x.jsonl" is not a valid address: it needs a host, and non-ASCII characters as %XX
                  - { name: heldout, path: 'https:///x.jsonl', sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…
                                           ^
                1 error in job.yaml
                """#),
        dataset(
            "an address with a blank", "path: 'https://a.invalid/my x.jsonl', sha256: \(sum)",
            says: #"""
                job.yaml:11:28: error: "https://a.invalid/my x.jsonl" is not a valid address: it needs a host, and non-ASCII characters as %XX
                  - { name: heldout, path: 'https://a.invalid/my x.jsonl', sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…
                                           ^
                1 error in job.yaml
                """#),
        dataset(
            "a checksum that is none, a format and a reader that are unknown, and numbers out of range",
            "path: problems.jsonl, sha256: abc, format: xml, reader: gsm9k, shuffle: -1, start: -1",
            says: #"""
                job.yaml:11:52: error: 'sha256' must be 64 hexadecimal digits, found "abc"
                  - { name: heldout, path: problems.jsonl, sha256: abc, format: xml, reader: gsm9k, shuffle: -1, sta…
                                                                   ^
                job.yaml:11:65: error: unknown format "xml"; known: jsonl, json, csv, tsv
                  - { name: heldout, path: problems.jsonl, sha256: abc, format: xml, reader: gsm9k, shuffle: -1, sta…
                                                                                ^
                job.yaml:11:78: error: unknown reader "gsm9k"; did you mean 'gsm8k'?
                …problems.jsonl, sha256: abc, format: xml, reader: gsm9k, shuffle: -1, start: -1 }
                                                                   ^
                job.yaml:11:94: error: 'shuffle' must be at least 0, found -1
                …sha256: abc, format: xml, reader: gsm9k, shuffle: -1, start: -1 }
                                                                   ^
                job.yaml:11:105: error: 'start' must be at least 0, found -1
                …, format: xml, reader: gsm9k, shuffle: -1, start: -1 }
                                                                   ^
                5 errors in job.yaml
                """#),
        dataset(
            "a name that does not say the format", "path: problems.txt",
            says: #"""
                job.yaml:11:28: error: the file name does not show the format of the data set; set 'format' to one of jsonl, json, csv, tsv
                  - { name: heldout, path: problems.txt }
                                           ^
                job.yaml:11:28: error: there is no file problems.txt
                  - { name: heldout, path: problems.txt }
                                           ^
                2 errors in job.yaml
                """#),
        dataset(
            "choices that are none", "path: problems.jsonl, choices: [a]",
            says: #"""
                job.yaml:11:53: error: a list in 'choices' needs two or more field names, one per choice; for a single field with a list, omit the [ ]
                  - { name: heldout, path: problems.jsonl, choices: [a] }
                                                                    ^
                1 error in job.yaml
                """#),
        dataset(
            "a start beyond the end", "path: problems.jsonl, start: 3",
            says: #"""
                job.yaml:11:51: error: no problem is left after the first 3: the data set has only 3 problems
                  - { name: heldout, path: problems.jsonl, start: 3 }
                                                                  ^
                1 error in job.yaml
                """#),
        dataset(
            "a limit beyond the end", "path: problems.jsonl, start: 1, limit: 5",
            says: #"""
                job.yaml:11:61: warning: the limit is 5, and the data set has only 2 problems after the first 1
                  - { name: heldout, path: problems.jsonl, start: 1, limit: 5 }
                                                                            ^
                loaded
                """#),
        dataset(
            "another format than the name says", "path: problems.jsonl, format: csv, limit: 1",
            says: #"""
                problems.jsonl:2: error: no field 'question'; the record has '{"question": "1+1?"', ' "answer": "2"', ' "uid": "a"}'
                problems.jsonl:2: error: no field 'answer'; the record has '{"question": "1+1?"', ' "answer": "2"', ' "uid": "a"}'
                2 errors in job.yaml
                """#),
    ]
}
