import JobSpecs
import Support

/// Downloads of models and data sets, and conversions: a line for the current one, and lasting lines when one begins and when it is
/// complete.
package struct FetchView: Sendable {
    private static let widestBar = 40

    private var dataset = ""
    private var received = 0
    private var total: Int?
    private var isConverting = false
    private var lasting: [Line] = []
    /// Tenths of a long download that have been reported; nil where its line is drawn.
    private var tenths: Int?

    /// Smaller downloads are over soon.
    private static let long = 1_000_000_000

    /// - Parameter isLive: whether the line of the current download is drawn. Otherwise a long download adds a lasting line for each
    ///   tenth.
    package init(isLive: Bool = true) {
        tenths = isLive ? nil : 0
    }

    /// Whether a download is going on.
    package var isActive: Bool { !dataset.isEmpty }

    package mutating func take(_ event: FetchEvent) {
        switch event {
        case .note(let text): lasting.append(Line(text))
        case .began(let dataset, let address):
            (self.dataset, received, total, isConverting) = (dataset, 0, nil, false)
            if tenths != nil { tenths = 0 }
            lasting.append(Line("fetching \(dataset) from \(address)"))
        case .received(let bytes, let total):
            (received, self.total) = (bytes, total)
            addTenth()
        case .converting(let dataset, let path):
            (self.dataset, isConverting) = (dataset, true)
            lasting.append(Line("converting \(dataset) from \(path)"))
        case .converted(let records):
            lasting.append(Line("converted \(dataset), \(NumberFormat.counted(records, "record"))"))
            dataset = ""
        case .ended(let bytes):
            lasting.append(Line("fetched \(dataset), \(NumberFormat.bytes(bytes))"))
            dataset = ""
        }
    }

    private mutating func addTenth() {
        guard let told = tenths, let total, total >= Self.long else { return }
        let now = min(10, received / (total / 10))
        guard now > told, now < 10 else { return }
        tenths = now
        lasting.append(
            Line("\(dataset): \(NumberFormat.bytes(received)) of \(NumberFormat.bytes(total)), \(now)0%"))
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
        guard let total, total > 0 else { return (name + NumberFormat.bytes(received)).truncated(to: width) }
        let share = NumberFormat.percent(Double(received) / Double(total), places: 0)
        let figures = "  \(NumberFormat.bytes(received)) of \(NumberFormat.bytes(total))  \(share)"
        let barWidth = min(Self.widestBar, width - name.width - figures.displayWidth)
        return (name + Bar.line(done: received, of: total, width: barWidth) + figures).truncated(to: width)
    }
}
