import RSDJobs

/// Where the tokens went, by the model that handled them.
struct TokenTable: Sendable {
    var sections: [SummarySection]

    func lines(width: Int) -> [Line] {
        table.lines(width: width) ?? stacked(width: width)
    }

    private var table: Table {
        // Only methods that take one of several solutions of the target reject any of its tokens.
        let rejectsTarget = sections.contains { $0.rows.contains { $0.tokens.target.rejected > 0 } }
        var table = Table(
            columns: [
                .init(title: "tokens", alignRight: false), .init(group: "draft", title: "kept"),
                .init(group: "draft", title: "rejected"), .init(group: "draft", title: "look-ahead"),
                .init(group: "draft", title: "prompt"), .init(group: "target", title: "kept"),
            ] + (rejectsTarget ? [.init(group: "target", title: "rejected")] : []) + [
                .init(group: "target", title: "prompt"), .init(group: "prm", title: "judged"),
                .init(group: "prm", title: "read"),
            ])
        for section in sections {
            if sections.count > 1 { table.rows.append(.heading(section.heading)) }
            for row in section.rows {
                let (draft, target, prm) = (row.tokens.draft, row.tokens.target, row.tokens.prm)
                table.rows.append(
                    .cells(
                        [
                            Line(row.method, .strong), number(draft.kept, .green), number(draft.rejected, .red),
                            number(draft.lookahead), number(draft.prompt), number(target.kept, .yellow),
                        ] + (rejectsTarget ? [number(target.rejected, .red)] : []) + [
                            number(target.prompt), number(prm.judged), number(prm.prompt),
                        ]))
            }
        }
        return table
    }

    private func number(_ count: Int, _ style: Style = .plain) -> Line {
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

/// Token counts as a line a model; models that did nothing are left out.
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
                    (tokens.target.lookahead, "look-ahead"),
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
