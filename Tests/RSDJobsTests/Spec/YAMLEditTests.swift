@testable import SpecYAML
import Support
import Testing

@Suite("Editing YAML")
struct YAMLEditTests {
    private func set(_ text: String, element: Int = 0, key: String = "sha256", to value: String = "abc") -> String {
        do throws(Unreadable) {
            return try YAMLEdit.set(key, to: value, after: "path", inElement: element, of: "datasets", in: text)
        } catch {
            return "unfit: \(error.message)"
        }
    }

    @Test(
        "a key is added where the mapping has its own layout",
        arguments: [
            (
                "datasets:\n  - { name: d, path: https://h/x.jsonl, limit: 3 } # why\n",
                "datasets:\n  - { name: d, path: https://h/x.jsonl, sha256: abc, limit: 3 } # why\n"
            ),
            (
                "datasets:\n  - name: d\n    path: https://h/x.jsonl   # a path\n\n    # a limit\n    limit: 3\n",
                "datasets:\n  - name: d\n    path: https://h/x.jsonl   # a path\n    sha256: abc\n\n    # a limit\n    limit: 3\n"
            ),
            ("datasets:\n- path: \"x é 😀\"\n  name: d", "datasets:\n- path: \"x é 😀\"\n  sha256: abc\n  name: d"),
            ("datasets:\n- name: d\n  path: x", "datasets:\n- name: d\n  path: x\n  sha256: abc"),
            (
                "datasets:\r\n- name: d\r\n  path: x\r\nseed: 1\r\n",
                "datasets:\r\n- name: d\r\n  path: x\r\n  sha256: abc\r\nseed: 1\r\n"
            ),
            ("\u{FEFF}datasets: [{path: x}]", "\u{FEFF}datasets: [{path: x, sha256: abc}]"),
            (
                "datasets: [\n  {\n    name: d,\n    path: 'x'\n  }\n]\n",
                "datasets: [\n  {\n    name: d,\n    path: 'x', sha256: abc\n  }\n]\n"
            ),
            (
                #"{"datasets": [{"path": "x", "name": "d"}]}"#,
                #"{"datasets": [{"path": "x", "sha256": "abc", "name": "d"}]}"#
            ),
            (
                "datasets:\n  - &d\n    path: &p x\n    name: d\n",
                "datasets:\n  - &d\n    path: &p x\n    sha256: abc\n    name: d\n"
            ),
            ("a: \"\u{2028}\"\ndatasets: [{path: x}]\n", "a: \"\u{2028}\"\ndatasets: [{path: x, sha256: abc}]\n"),
        ])
    func added(text: String, edited: String) { #expect(set(text) == edited) }

    @Test("an existing key is replaced, and only that")
    func replaced() {
        #expect(
            set("datasets: [{sha256: old, path: x}, {path: old}]", key: "sha256")
                == "datasets: [{sha256: abc, path: x}, {path: old}]")
        #expect(set("datasets:\n- path: x\n  sha256: \"o\" # c\n") == "datasets:\n- path: x\n  sha256: abc # c\n")
        #expect(set("datasets: [{path: x}, {path: x}]", element: 1) == "datasets: [{path: x}, {path: x, sha256: abc}]")
    }

    @Test(
        "what has no place is refused with the reason",
        arguments: [
            ("a: &d {path: x}\ndatasets: [*d]", "it is an alias"),
            ("a: &p x\ndatasets: [{path: *p}]", "its 'path' is an alias"),
            ("a: &l [{path: x}]\ndatasets: *l", "'datasets' is an alias"),
            ("datasets:\n- path: >-\n    x\n  name: d\n", "its 'path' takes several lines"),
            ("datasets:\n- name: d\n", "it has no key 'path'"), ("datasets: [gsm8k]", "it is not written as a mapping"),
            ("seed: 1", "the file has no 'datasets'"), ("datasets: []", "'datasets' is not a list of mappings"),
        ])
    func refused(text: String, reason: String) { #expect(set(text) == "unfit: \(reason)") }
}
