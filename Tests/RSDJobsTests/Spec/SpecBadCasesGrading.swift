extension BadCase {
    static let grading = [
        BadCase(
            "settings of another grader",
            changes: [("{ with: exact }", "{ with: exact, python: /usr/bin/python3, timeout: 3 }")]),
        BadCase(
            "a command that is missing, and a limit that is none",
            changes: [("{ with: exact }", "{ with: command, timeout: 0 }")]),
        BadCase(
            "a command that is no list",
            changes: [("{ with: exact }", "{ with: command, command: ./grade.py }")]),
    ]
}
