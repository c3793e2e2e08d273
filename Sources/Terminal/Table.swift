/// A table of text columns; numbers are aligned to the right.
struct Table {
    struct Column {
        /// A caption over several columns, written once above the first of those that share it.
        var group = ""
        var title: String
        var alignRight = true
        /// Blanks before the column.
        var gap = 2
    }

    var columns: [Column]
    var rows: [Row] = []

    enum Row {
        /// Spans all columns.
        case heading(Line)
        case cells([Line])
    }

    /// The lines, or nil if they would be wider than `width` even with the first column cut to `leastFirst`.
    func lines(width: Int, leastFirst: Int = 12) -> [Line]? {
        var widths = columns.indices.map { column in
            cells.map { $0[column].width }.reduce(columns[column].title.displayWidth, max)
        }
        widenForGroups(&widths)
        let excess = widths.reduce(0, +) + columns.dropFirst().reduce(0) { $0 + $1.gap } - width
        if excess > 0 {
            guard widths[0] - excess >= leastFirst else { return nil }
            widths[0] -= excess
        }
        var lines: [Line] = []
        if columns.contains(where: { !$0.group.isEmpty }) { lines.append(groupLine(widths)) }
        lines.append(line(columns.map { Line($0.title, .dim) }, widths))
        for row in rows {
            switch row {
            case .heading(let heading): lines.append(heading.truncated(to: width))
            case .cells(let cells): lines.append(line(cells, widths))
            }
        }
        return lines
    }

    private var cells: [[Line]] {
        rows.compactMap { row in
            guard case .cells(let cells) = row else { return nil }
            return cells
        }
    }

    /// Runs of columns with the same group.
    private var groups: [(title: String, range: Range<Int>)] {
        var groups: [(title: String, range: Range<Int>)] = []
        for index in columns.indices {
            if let last = groups.last, last.title == columns[index].group, !last.title.isEmpty {
                groups[groups.count - 1].range = last.range.lowerBound..<index + 1
            } else {
                groups.append((columns[index].group, index..<index + 1))
            }
        }
        return groups
    }

    private func span(_ range: Range<Int>, _ widths: [Int]) -> Int {
        range.reduce(0) { $0 + widths[$1] + ($1 == range.lowerBound ? 0 : columns[$1].gap) }
    }

    private func widenForGroups(_ widths: inout [Int]) {
        for group in groups {
            let lack = group.title.displayWidth - span(group.range, widths)
            if lack > 0 { widths[group.range.lowerBound] += lack }
        }
    }

    private func groupLine(_ widths: [Int]) -> Line {
        var line = Line()
        for group in groups {
            let width = span(group.range, widths)
            if group.range.lowerBound > 0 { line += blank(columns[group.range.lowerBound].gap) }
            guard !group.title.isEmpty else {
                line += blank(width)
                continue
            }
            let rule = String(repeating: "─", count: max(0, width - group.title.displayWidth - 1))
            line += Line(rule.isEmpty ? group.title : "\(group.title) \(rule)", .dim).padded(to: width)
        }
        return line
    }

    private func line(_ cells: [Line], _ widths: [Int]) -> Line {
        var line = Line()
        for (index, cell) in cells.enumerated() {
            if index > 0 { line += blank(columns[index].gap) }
            let fitted = cell.truncated(to: widths[index])
            let isLast = index == cells.count - 1 && !columns[index].alignRight
            line += isLast ? fitted : fitted.padded(to: widths[index], alignRight: columns[index].alignRight)
        }
        return line
    }

    private func blank(_ count: Int) -> Line { Line(String(repeating: " ", count: count)) }
}
