/// A progress bar: heavy for the part that is done, light for the rest, so that it works without colour.
enum Bar {
    static func line(done: Int, of total: Int, width: Int, style: Style = .green) -> Line {
        guard width > 0 else { return Line() }
        let share = total == 0 ? 0 : min(1, max(0, Double(done) / Double(total)))
        let filled = share == 1 ? width : min(width - 1, Int(share * Double(width)))
        return Line(String(repeating: "━", count: filled), style)
            + Line(String(repeating: "─", count: width - filled), .dim)
    }
}
