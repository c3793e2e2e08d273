@testable import Support
import Testing

@Suite("Formats of numbers") struct NumberFormatTests {
    @Test(
        "thousands are grouped",
        arguments: [
            (0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (12345, "12,345"), (1_234_567, "1,234,567"),
            (-1000, "-1,000"),
        ])
    func groups(number: Int, text: String) {
        #expect(NumberFormat.grouped(number) == text)
    }

    @Test(
        "large numbers have prefixes",
        arguments: [
            (0, "0"), (0.25, "0.25"), (950, "950"), (999.4, "999"), (999.6, "1.00 k"), (1204, "1.20 k"),
            (12_345, "12.3 k"),
            (99_960, "100 k"), (123_456, "123 k"), (999_600, "1.00 M"), (1.2e9, "1.20 G"), (3.4e12, "3.40 T"),
            (5e26, "500000 Z"), (.infinity, "–"), (.nan, "–"),
        ])
    func prefixes(number: Double, text: String) {
        #expect(NumberFormat.si(number) == text)
    }

    @Test("shares are percentages", arguments: [(nil, "–"), (0, "0.0%"), (0.7154, "71.5%"), (1, "100.0%")])
    func percents(share: Double?, text: String) {
        #expect(NumberFormat.percent(share) == text)
    }

    @Test(
        "durations have their units",
        arguments: [
            (-1, "0.0 s"), (0.44, "0.4 s"), (12.3, "12.3 s"), (59.96, "1:00"), (125, "2:05"), (3723, "1:02:03"),
            (273_900, "3 d 04:05"),
        ])
    func durations(seconds: Double, text: String) {
        #expect(NumberFormat.duration(seconds) == text)
    }

    @Test(
        "times of day are written as clocks",
        arguments: [
            (0, "0:00"), (7.4, "0:07"), (59.9, "1:00"), (3599, "59:59"), (.infinity, "11574074 d 01:46"),
        ])
    func clocks(seconds: Double, text: String) {
        #expect(NumberFormat.clock(seconds) == text)
    }

    @Test("energies have their units", arguments: [(0, "0 Wh"), (1512, "0.42 Wh"), (4_320_000, "1.20 kWh")])
    func energies(joules: Double, text: String) {
        #expect(NumberFormat.energy(joules: joules) == text)
    }

    @Test("nouns agree with their numbers")
    func nouns() {
        #expect(NumberFormat.counted(1, "trajectory", "trajectories") == "1 trajectory")
        #expect(NumberFormat.counted(2000, "trajectory", "trajectories") == "2,000 trajectories")
        #expect(NumberFormat.counted(0, "swap") == "0 swaps")
    }
}
