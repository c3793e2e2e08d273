import JobSpecs
import Support

/// Downloads and conversions of data sets: a line for the current one, and lasting lines when one begins and when it is complete.
package struct FetchView: Sendable {
    private static let widestBar = 40

    private var dataset = ""
    private var received = 0
    private var total: Int?
    private var isConverting = false
    private var lasting: [Line] = []

    package init() {}

    package var hasBegun: Bool { !dataset.isEmpty }

    package mutating func take(_ event: FetchEvent) {
        switch event {
        case .began(let dataset, let address):
            (self.dataset, received, total, isConverting) = (dataset, 0, nil, false)
            lasting.append(Line("fetching \(dataset) from \(address)"))
        case .received(let bytes, let total): (received, self.total) = (bytes, total)
        case .converting(let dataset, let path):
            (self.dataset, isConverting) = (dataset, true)
            lasting.append(Line("converting \(dataset) from \(path)"))
        case .converted(let records):
            lasting.append(Line("converted \(dataset), \(NumberFormat.counted(records, "record"))"))
        case .ended(let bytes): lasting.append(Line("fetched \(dataset), \(Self.size(bytes))"))
        }
    }

    /// Returns the lasting lines that have not been taken yet.
    package mutating func takeLasting() -> [Line] {
        defer { lasting = [] }
        return lasting
    }

    /// The current download: `math500  ━━━━━━━━────  310 kB of 447 kB  69%`.
    package func line(width: Int) -> Line {
        let name = Line(dataset, .strong) + "  "
        if isConverting { return (name + "converting").truncated(to: width) }
        guard let total, total > 0 else { return (name + Self.size(received)).truncated(to: width) }
        let share = NumberFormat.percent(Double(received) / Double(total), places: 0)
        let figures = "  \(Self.size(received)) of \(Self.size(total))  \(share)"
        let barWidth = min(Self.widestBar, width - name.width - figures.displayWidth)
        return (name + Bar.line(done: received, of: total, width: barWidth) + figures).truncated(to: width)
    }

    private static func size(_ bytes: Int) -> String {
        NumberFormat.si(bytes) + (bytes < 1000 ? " B" : "B")
    }
}
