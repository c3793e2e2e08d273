/// A bar that shows how much is done: heavy where it is, light where it is not, so that it needs no colour.
enum Bar {
    static func line(done: Int, of total: Int, width: Int, style: Style = .green) -> Line {
        guard width > 0 else { return Line() }
        let share = total == 0 ? 0 : min(1, max(0, Double(done) / Double(total)))
        let filled = share == 1 ? width : min(width - 1, Int(share * Double(width)))
        return Line(String(repeating: "━", count: filled), style)
            + Line(String(repeating: "─", count: width - filled), .dim)
    }
}
