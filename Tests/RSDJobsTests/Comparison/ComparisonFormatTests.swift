import Foundation
@testable import Terminal
import Testing

@testable import Reporting
@testable import Support

@Suite("Formats of a comparison") struct ComparisonFormatTests {
    /// A name that means something to every format, to spreadsheets and to terminals.
    private static let hostile = """
        =cmd|'/c calc'!A1,"x"\n\r\t\\input{/etc/passwd} $x_1^2$ %&#~ {} [*] --- <script>alert(1)</script>&amp; | `a` **b** \
        \u{1B}]0;t\u{7}\u{202E}\u{2028}\u{0}–×→…
        """

    private static func comparison(_ name: String = hostile) -> Comparison {
        func row(_ method: String, _ dataset: String, _ test: PairedTest?) -> Comparison.Row {
            var row = Comparison.Row(
                run: name, method: method, dataset: dataset, isReference: test == nil, answers: 4, correct: 3, failed: 0
            )
            (row.accuracy, row.accuracyLow, row.accuracyHigh, row.paired) = (0.75, 0.3, 0.95, test)
            return row
        }
        let pairs = [([true], [false]), ([false], [true]), ([false], [true]), ([true], [true])].map {
            PairedTest.Pair(own: $0.0, reference: $0.1)
        }
        var test = PairedTest(pairs)
        test?.holm = 1
        return Comparison(
            reference: "\(name)/target",
            runs: [
                .init(
                    label: name, job: name, directory: name, finished: 4, total: 4, created: name, seconds: 61,
                    notes: [name])
            ],
            rows: [row("rsd", name, test), row("target", name, nil), row("rsd", "plain", test)],
            overlaps: [
                .init(
                    run: name, with: name, pairs: [], onlyHere: [name], onlyThere: [name], unknown: 3,
                    otherQuestion: [name],
                    otherGold: [name], renamed: [.init(here: name, there: name, problems: 2)])
            ],
            differences: [
                .init(key: name, values: [.init(run: name, value: name), .init(run: "b", value: nil)]),
                .init(key: "grader", values: [.init(run: name, value: name), .init(run: "b", value: "exact")]),
            ])
    }

    private func hasControls(_ text: String, but allowed: String = "\n") -> Bool {
        text.unicodeScalars.contains { scalar in
            !allowed.unicodeScalars.contains(scalar)
                && (scalar.value < 32 || scalar.value == 127 || [0x2028, 0x202E].contains(scalar.value))
        }
    }

    @Test("LaTeX: every special character is escaped, and the rows have as many cells as columns")
    func latex() {
        let text = Self.comparison().latex
        #expect(!hasControls(text))
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("%") }
        #expect(lines.first == "\\begin{tabular}{lrrrrrrrrrrr}" && lines.last == "\\end{tabular}")
        let rows = lines.filter { $0.hasSuffix(#"\\"#) && !$0.hasPrefix("\\multicolumn") }
        #expect(rows.count == 4)
        for row in rows {
            let bare = row.replacing(#"\\"#, with: "").replacing(#/\\[&%$#_{}]/#, with: "")
            #expect(bare.count { $0 == "&" } == 11, "\(row)")
            #expect(!bare.contains(#/[%#_^~<>|"]/#), "\(row)")
            #expect(!bare.contains(#"\input"#) && !bare.hasPrefix("["), "\(row)")
            // What is left are the names of characters, and $ around a sign.
            let names = bare.matches(of: #/\\([a-z]+)/#).map { String($0.1) }
            #expect(
                Set(names).isSubset(of: [
                    "textbackslash", "textasciitilde", "textasciicircum", "textless", "textgreater", "textbar", "times",
                    "to", "ldots",
                ]), "\(names)")
            #expect(!bare.replacing(#/\$(-|\\times|\\to)\$/#, with: "").contains("$"), "\(row)")
        }
    }

    @Test("LaTeX: what begins a row belongs to no line break before it", arguments: ["[2em]", "*", "---", "''", "``"])
    func latexStarts(name: String) {
        let cell = name.latex
        #expect(!cell.hasPrefix("[") && !cell.hasPrefix("*"))
        #expect(!cell.contains("--") && !cell.contains("''") && !cell.contains("``"))
    }

    @Test("CSV: a parser reads back the names, and no cell is a formula")
    func csv() throws {
        let text = Self.comparison().csv
        let records = Self.parse(text)
        #expect(records.count == 4 && Set(records.map(\.count)) == [34])
        #expect(records[1][0] == "'" + Self.hostile)
        for cell in records.dropFirst().joined() {
            let isSuspect = cell.first.map { "=+-@\t\r".contains($0) } ?? false
            #expect(!isSuspect || Double(cell) != nil, "\(cell)")
        }
        let place = try #require(records[0].firstIndex(of: "difference"))
        #expect(records[1][place] == "-0.25")
        #expect("-0.5".csvCell == "-0.5" && "-a".csvCell == "'-a" && "＝1".csvCell == "'＝1" && "a b".csvCell == "a b")
    }

    /// RFC 4180.
    private static func parse(_ text: String) -> [[String]] {
        var (records, cell, isQuoted): ([[String]], String.UnicodeScalarView, Bool) = ([[]], .init(), false)
        var rest = Array(text.unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            if isQuoted {
                if scalar == "\"", rest.first == "\"" {
                    cell.append(scalar)
                    rest = rest.dropFirst()
                } else if scalar == "\"" {
                    isQuoted = false
                } else {
                    cell.append(scalar)
                }
            } else if scalar == "\"" {
                isQuoted = true
            } else if scalar == "," || scalar == "\n" {
                records[records.count - 1].append(String(cell))
                cell = .init()
                if scalar == "\n" { records.append([]) }
            } else {
                cell.append(scalar)
            }
        }
        return records.dropLast()
    }

    @Test("Markdown: each table keeps its columns, and nothing is markup")
    func markdown() {
        let text = Self.comparison().markdown
        #expect(!hasControls(text))
        let tables = text.split(separator: "\n\n").filter { $0.hasPrefix("|") }
        #expect(tables.count == 3)
        for table in tables {
            let counts = table.split(separator: "\n").map { $0.replacing(#/\\./#, with: "").count { $0 == "|" } }
            #expect(Set(counts).count == 1, "\(counts)")
        }
        let bare = text.replacing(#/\\./#, with: "")
        #expect(!bare.contains("<") && !bare.contains("`") && !bare.contains("**b") && !bare.contains("&amp"))
    }

    @Test("the page has no script, loads nothing, and shows names as they are")
    func page() {
        let text = Self.comparison().page
        #expect(!hasControls(text))
        #expect(!text.contains("<script") && !text.contains("http://") && !text.contains("https://"))
        #expect(text.contains("&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;"))
        let tags = Set(text.matches(of: #/<\/?([a-z0-9!]+)/#).map { String($0.1) })
        #expect(
            tags == [
                "!doctype", "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "ul", "li", "div",
                "table",
                "thead", "tbody", "tr", "th", "td",
            ])
    }

    @Test("JSON has the names unchanged, and null where there is nothing")
    func json() throws {
        let data = try JSONText.pretty(Self.comparison())
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let rows = try #require(object["rows"] as? [[String: Any]])
        #expect(rows[0]["run"] as? String == Self.hostile)
        #expect(rows[1]["paired"] is NSNull)
        let test = try #require(rows[0]["paired"] as? [String: Any])
        #expect(test["test"] as? String == "mcnemar_exact" && test["standard_error"] is NSNull)
        #expect((object["warnings"] as? [String])?.count == 6)
    }

    @Test("the terminal's lines fit, whatever the width", arguments: [20, 40, 60, 80, 100, 140, 200])
    func terminal(width: Int) {
        for name in [Self.hostile, "base", "名前の長い実験-" + String(repeating: "x", count: 70)] {
            let lines = ComparisonView(Self.comparison(name)).lines(width: width)
            #expect(lines.allSatisfy { $0.width <= width })
            #expect(!lines.contains { hasControls($0.text, but: "") })
        }
        let wide = ComparisonView(Self.comparison("base")).lines(width: width).map(\.text).joined(separator: "\n")
        // A footnote goes with what it explains.
        #expect(wide.contains("Wilson") == wide.contains("30.0–95.0"))
    }
}
