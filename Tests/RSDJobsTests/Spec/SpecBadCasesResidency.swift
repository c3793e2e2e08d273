extension BadCase {
    static let residency = [
        BadCase(
            "groups that do not hold all models, or hold one twice",
            changes: [("kind: pocket", "kind: pocket\n  groups: [[draft, draft], [target, judge]]")]),
        BadCase(
            "keys of another residency",
            changes: [
                (
                    "kind: pocket",
                    "kind: pocket\n  residency: share\n  groups: [[draft, prm], [target]]\n  sleep_level: 2"
                )
            ]),
        BadCase(
            "a tail of no trajectories",
            changes: [("kind: pocket", "kind: pocket\n  tail: 0")]),
        BadCase(
            "a tail that is neither a number nor a word",
            changes: [("kind: pocket", "kind: pocket\n  tail: nevr")]),
        BadCase(
            "a tail of engines that do not take turns",
            changes: [("kind: pocket", "kind: pocket\n  residency: share\n  tail: 8")]),
        BadCase(
            "a level of sleep that there is not",
            changes: [("kind: pocket", "kind: pocket\n  residency: sleep\n  sleep_level: 3")]),
        BadCase(
            "servers without addresses, and flags for engines that nobody starts",
            changes: [
                ("kind: pocket", "kind: pocket\n  residency: attach\n  env: { A: b }"),
                ("{ model: models/draft }", "{ model: models/draft, url: http://127.0.0.1:8000/v1 }"),
                ("{ model: models/target }", "{ model: models/target, served: big, key_env: MY-KEY }"),
            ]),
        BadCase(
            "an address of a server that this job does not attach to",
            changes: [("{ model: models/draft }", "{ model: models/draft, url: 'http://127.0.0.1:8000' }")]),
    ]
}
