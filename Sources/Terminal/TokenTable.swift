import Decoding
import Support

/// Tokens by the model that handled them, and by fate.
struct TokenTable: Sendable {
    var sections: [SummarySection]

    func lines(width: Int) -> [Line] {
        table.lines(width: width) ?? stacked(width: width)
    }

    private var table: Table {
        let fates = fates
        var table = Table(
            columns: [.init(title: "tokens", alignRight: false)] + fates.map { .init(group: $0.model, title: $0.title) }
        )
        for section in sections {
            if sections.count > 1 { table.rows.append(.heading(section.heading)) }
            for row in section.rows {
                let counts = fates.map { number(row.tokens[keyPath: $0.count], $0.style) }
                table.rows.append(.cells([Line(row.method, .strong)] + counts))
            }
        }
        return table
    }

    private var fates: [(model: String, title: String, count: KeyPath<TokenCounts, Int>, style: Style)] {
        // Only methods that choose between several solutions of the target reject any of its tokens.
        let rejectsTarget = sections.contains { $0.rows.contains { $0.tokens.target.rejected > 0 } }
        let judges = sections.contains { $0.rows.contains { $0.tokens.target.judged > 0 } }
        return [
            ("draft", "kept", \.draft.kept, .green), ("draft", "rejected", \.draft.rejected, .red),
            ("draft", "look-ahead", \.draft.lookahead, .plain), ("draft", "prompt", \.draft.prompt, .plain),
            ("target", "kept", \.target.kept, .yellow),
        ] + (rejectsTarget ? [("target", "rejected", \.target.rejected, .red)] : [])
            + (judges ? [("target", "judged", \.target.judged, .plain)] : []) + [
                ("target", "prompt", \.target.prompt, .plain), ("prm", "judged", \.prm.judged, .plain),
                ("prm", "read", \.prm.prompt, .plain),
            ]
    }

    private func number(_ count: Int, _ style: Style) -> Line {
        count == 0 ? Line("–", .dim) : Line(NumberFormat.si(count), style)
    }

    private func stacked(width: Int) -> [Line] {
        sections.flatMap { section in
            (sections.count > 1 ? [section.heading] : [])
                + section.rows.flatMap { row in
                    [Line("\(row.method) ", .strong).truncated(to: width) + Line("tokens", .dim)]
                        + TokenSentences(row.tokens).lines(width: width)
                }
        }
    }
}

/// Token counts as one line per model; models without tokens are left out.
struct TokenSentences {
    private var models: [(name: String, parts: [(count: Int, fate: String)])]

    init(_ tokens: TokenCounts) {
        models = [
            (
                "draft",
                [
                    (tokens.draft.kept, "kept"), (tokens.draft.rejected, "rejected"),
                    (tokens.draft.lookahead, "look-ahead"), (tokens.draft.prompt, "prompt"),
                ]
            ),
            (
                "target",
                [
                    (tokens.target.kept, "kept"), (tokens.target.rejected, "rejected"),
                    (tokens.target.lookahead, "look-ahead"), (tokens.target.judged, "judged"),
                    (tokens.target.prompt, "prompt"),
                ]
            ),
            ("prm", [(tokens.prm.judged, "judged"), (tokens.prm.prompt, "read")]),
        ]
    }

    func lines(width: Int) -> [Line] {
        models.flatMap { model -> [Line] in
            let parts = model.parts.filter { $0.count > 0 }
            guard !parts.isEmpty else { return [] }
            let text = parts.map { "\(NumberFormat.si($0.count)) \($0.fate)" }.joined(separator: ", ")
            return (Line("  " + model.name.padded(to: 11), .dim) + text).wrapped(to: width, indent: 13)
        }
    }
}
