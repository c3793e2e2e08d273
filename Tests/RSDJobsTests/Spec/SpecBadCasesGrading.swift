extension BadCase {
    static let grading = [
        BadCase(
            "settings of another grader",
            changes: [("{ with: exact }", "{ with: exact, python: /usr/bin/python3, timeout: 3 }")],
            says: #"""
                job.yaml:17:33: error: 'python' does not apply to the grader 'exact'
                grading: { with: exact, python: /usr/bin/python3, timeout: 3 }
                                                ^
                job.yaml:17:60: error: 'timeout' does not apply to the grader 'exact'
                grading: { with: exact, python: /usr/bin/python3, timeout: 3 }
                                                                           ^
                2 errors in job.yaml
                """#),
        BadCase(
            "a command that is missing, and a limit that is none",
            changes: [("{ with: exact }", "{ with: command, timeout: 0 }")],
            says: #"""
                job.yaml:17:10: error: missing key 'command' in grading
                grading: { with: command, timeout: 0 }
                         ^
                job.yaml:17:36: error: 'timeout' must be more than 0, found 0
                grading: { with: command, timeout: 0 }
                                                   ^
                2 errors in job.yaml
                """#),
        BadCase(
            "a command that is no list",
            changes: [("{ with: exact }", "{ with: command, command: ./grade.py }")],
            says: #"""
                job.yaml:17:36: error: expected a list for 'command', found the text "./grade.py"
                grading: { with: command, command: ./grade.py }
                                                   ^
                1 error in job.yaml
                """#),
    ]
}
