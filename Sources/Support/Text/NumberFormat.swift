import Foundation

/// Numbers for people: short, and the same in every locale.
package enum NumberFormat {
    /// Digits in groups of three: `12,345`.
    package static func grouped(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return (number < 0 ? "-" : "") + result
    }

    package static func grouped(_ number: Double) -> String { grouped(Int(bounding: number)) }

    /// Three digits and a prefix: `950`, `1.20 k`, `3.45 T`.
    package static func si(_ number: Double) -> String {
        guard number.isFinite else { return "–" }
        var (value, step) = (number, 0)
        // A value that rounds to 1000 gets the next prefix.
        while abs(value) >= 999.5, step < prefixes.count - 1 {
            value /= 1000
            step += 1
        }
        if step == 0, value == value.rounded() { return fixed(value, 0) }
        let places = abs(value) >= 99.95 ? 0 : abs(value) >= 9.995 ? 1 : 2
        return fixed(value, places) + (step == 0 ? "" : " " + prefixes[step])
    }

    package static func si(_ number: Int) -> String { si(Double(number)) }

    /// An amount of data: `310 B`, `447 kB`, `3.09 GB`.
    package static func bytes(_ count: Int) -> String { si(count) + (count < 1000 ? " B" : "B") }

    private static let prefixes = ["", "k", "M", "G", "T", "P", "E", "Z"]

    /// Energy in watt-hours: `0.42 Wh`, `1.20 kWh`.
    package static func energy(joules: Double) -> String {
        let number = si(joules / 3600)
        return number + (number.last?.isNumber == true ? " Wh" : "Wh")
    }

    /// `71.5%`; `–` without a proportion.
    package static func percent(_ share: Double?, places: Int = 1) -> String {
        share.map { fixed($0 * 100, places) + "%" } ?? "–"
    }

    /// A threshold, with at most four decimals: `0.7`, `0.7132`.
    package static func threshold(_ value: Double) -> String {
        let text = "\((value * 10_000).rounded() / 10_000)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// A multiple: `0.45×`.
    package static func relative(_ ratio: Double) -> String { fixed(ratio, 2) + "×" }

    /// A duration: `0.4 s`, `12.3 s`, `2:05`, `1:02:03`, `3 d 04:05`.
    package static func duration(_ seconds: Double) -> String {
        seconds < 59.95 ? fixed(max(0, seconds), 1) + " s" : clock(seconds)
    }

    /// A running clock: `0:07`, `2:05`, `1:02:03`, `3 d 04:05`.
    package static func clock(_ seconds: Double) -> String {
        let whole = Int(bounding: min(max(0, seconds), 1e12))
        let (days, hours, minutes) = (whole / 86400, whole / 3600 % 24, whole / 60 % 60)
        if days > 0 { return "\(days) d \(two(hours)):\(two(minutes))" }
        if hours > 0 { return "\(hours):\(two(minutes)):\(two(whole % 60))" }
        return "\(minutes):\(two(whole % 60))"
    }

    /// `1 step`, `3 steps`.
    package static func counted(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
        "\(grouped(number)) \(number == 1 ? noun : plural ?? noun + "s")"
    }

    package static func fixed(_ number: Double, _ places: Int) -> String {
        String(format: "%.\(places)f", number)
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
