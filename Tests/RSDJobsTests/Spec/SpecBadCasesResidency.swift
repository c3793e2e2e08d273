extension BadCase {
    static let residency = [
        BadCase(
            "groups that do not hold all models, or hold one twice",
            changes: [("kind: pocket", "kind: pocket\n  groups: [[draft, draft], [target, judge]]")],
            says: #"""
                job.yaml:9:11: error: no group has the model 'prm', which the methods need
                  groups: [[draft, draft], [target, judge]]
                          ^
                job.yaml:9:20: error: 'draft' is in the groups twice
                  groups: [[draft, draft], [target, judge]]
                                   ^
                job.yaml:9:37: error: unknown model "judge"; known: draft, target, prm, speculative
                  groups: [[draft, draft], [target, judge]]
                                                    ^
                3 errors in job.yaml
                """#),
        BadCase(
            "keys of another residency",
            changes: [
                (
                    "kind: pocket",
                    "kind: pocket\n  residency: share\n  groups: [[draft, prm], [target]]\n  sleep_level: 2"
                )
            ],
            says: #"""
                job.yaml:10:11: error: 'groups' applies to 'residency: swap' and 'sleep'; with 'share' all models are up at once
                  groups: [[draft, prm], [target]]
                          ^
                job.yaml:11:16: error: 'sleep_level' applies only to 'residency: sleep'; remove it
                  sleep_level: 2
                               ^
                2 errors in job.yaml
                """#),
        BadCase(
            "a level of sleep that there is not",
            changes: [("kind: pocket", "kind: pocket\n  residency: sleep\n  sleep_level: 3")],
            says: #"""
                job.yaml:10:16: error: 'sleep_level' must be 1 or 2, found 3
                  sleep_level: 3
                               ^
                1 error in job.yaml
                """#),
        BadCase(
            "servers without addresses, and flags for engines that nobody starts",
            changes: [
                ("kind: pocket", "kind: pocket\n  residency: attach\n  env: { A: b }"),
                ("{ model: models/draft }", "{ model: models/draft, url: http://127.0.0.1:8000/v1 }"),
                ("{ model: models/target }", "{ model: models/target, served: big, key_env: MY-KEY }"),
            ],
            says: #"""
                job.yaml:4:38: error: 'url' must be the address of a server without a path, such as http://127.0.0.1:8000, found "http://127.0.0.1:8000/v1"
                  draft: { model: models/draft, url: http://127.0.0.1:8000/v1 }
                                                     ^
                job.yaml:5:20: error: missing key 'url' in target: 'residency: attach' needs its server
                  target: { model: models/target, served: big, key_env: MY-KEY }
                                   ^
                job.yaml:5:43: error: 'served' describes a server, but 'url' is missing
                  target: { model: models/target, served: big, key_env: MY-KEY }
                                                          ^
                job.yaml:5:57: error: 'key_env' describes a server, but 'url' is missing
                  target: { model: models/target, served: big, key_env: MY-KEY }
                                                                        ^
                job.yaml:6:17: error: missing key 'url' in prm: 'residency: attach' needs its server
                  prm: { model: models/prm, profile: token-classification }
                                ^
                job.yaml:10:8: error: 'env' applies to engines that rsd-batch starts; 'residency: attach' starts none
                  env: { A: b }
                       ^
                6 errors in job.yaml
                """#),
        BadCase(
            "an address of a server that this job does not attach to",
            changes: [("{ model: models/draft }", "{ model: models/draft, url: 'http://127.0.0.1:8000' }")],
            says: #"""
                job.yaml:4:19: error: 'draft' has a 'url', which applies only to 'residency: attach'; here rsd-batch starts the server itself
                  draft: { model: models/draft, url: 'http://127.0.0.1:8000' }
                                  ^
                1 error in job.yaml
                """#),
    ]
}
