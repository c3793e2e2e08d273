import Support

extension Comparison {
    /// A self-contained page without scripts.
    package var page: String {
        let table = ComparisonTable(self)
        let sections = table.sections.map { section in
            "<h2>\(section.dataset.html)</h2>\n" + Self.pageTable(table.header, section.rows, texts: 1)
        }
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>\(title.html) · rsd-batch</title>
            <style>
            \(Self.style)
            </style>
            </head>
            <body>
            <h1>\(runs.map(\.label.html).joined(separator: ", "))</h1>
            <p class="dim">against \(referenceName.html)</p>
            \(Self.pageList("notice", warnings))
            \(sections.joined(separator: "\n"))
            \(Self.pageList("dim", footnotes()))
            <h2>Runs</h2>
            \(Self.pageTable(ComparisonTable.runsHeader, table.runs, texts: 2))
            \(Self.pagePart("Problems", overlaps.map(\.words)))
            \(Self.pagePart("Differences", differenceWords))
            </body>
            </html>

            """
    }

    private static func pagePart(_ title: String, _ sentences: [String]) -> String {
        sentences.isEmpty ? "" : "<h2>\(title)</h2>\n" + pageList("", sentences)
    }

    private static func pageList(_ name: String, _ sentences: [String]) -> String {
        guard !sentences.isEmpty else { return "" }
        let items = sentences.map { "<li>\($0.html)</li>" }.joined(separator: "\n")
        return "<ul\(name.isEmpty ? "" : " class=\"\(name)\"")>\n\(items)\n</ul>"
    }

    private static func pageTable(_ header: [String], _ rows: [[String]], texts: Int) -> String {
        func row(_ cells: [String], isHead: Bool) -> String {
            let cells = cells.enumerated().map { place, text in
                let name = isHead || place == 0 ? "th" : "td"
                let scope = isHead ? " scope=\"col\"" : place == 0 ? " scope=\"row\"" : ""
                return "<\(name)\(scope)\(place < texts ? "" : " class=\"num\"")>\(text.html)</\(name)>"
            }
            return "<tr>\(cells.joined())</tr>"
        }
        let body = rows.map { row($0, isHead: false) }.joined(separator: "\n")
        return """
            <div class="scroll"><table>
            <thead>\(row(header, isHead: true))</thead>
            <tbody>
            \(body)
            </tbody>
            </table></div>
            """
    }

    private static let style = """
        :root { color-scheme: light dark; --paper: light-dark(#fdfcf9, #161513); --ink: light-dark(#1c1b19, #e9e5db);
          --dim: light-dark(#655f56, #a8a195); --rule: light-dark(#dcd7cb, #3a3631); --mark: light-dark(#ad4f17, #eb9f66); }
        html { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif;
          font-variant-numeric: tabular-nums; }
        body { max-width: 1240px; margin: 0 auto; padding: 28px; }
        h1 { font-size: 1.7rem; margin: 0; overflow-wrap: anywhere; }
        h2 { font-size: 1.15rem; margin: 28px 0 10px; overflow-wrap: anywhere; }
        .dim { color: var(--dim); font-size: 0.85rem; }
        .notice { border-left: 3px solid var(--mark); }
        li { overflow-wrap: anywhere; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: 0.88rem; }
        th, td { text-align: left; padding: 4px 12px 4px 0; border-bottom: 1px solid var(--rule); vertical-align: baseline; }
        thead th { color: var(--dim); font-weight: 500; border-bottom-color: var(--ink); vertical-align: bottom; }
        .num { text-align: right; white-space: nowrap; }
        thead .num { white-space: normal; }
        @page { size: landscape; }
        @media print { .scroll { overflow: visible; } table { font-size: 7pt; } th, td { padding-right: 4pt; } .num { white-space: normal; } }
        """
}
