import Testing

@testable import JobSpecs
@testable import Terminal

@Suite("The view of a fetch") struct FetchViewTests {
    @Test("a known size has a bar")
    func knownSize() {
        var view = FetchView()
        #expect(!view.isActive)
        view.take(.began(dataset: "math500", address: "https://host/x.jsonl"))
        #expect(view.isActive)
        #expect(view.line(width: 60).text == "math500  0 B")
        view.take(.received(310_000, of: 446_564))
        #expect(view.line(width: 60).text == "math500  ━━━━━━━━━━━━━━━━━━━─────────  310 kB of 447 kB  69%")
        #expect(view.line(width: 160).text.count { "━─".contains($0) } == 40)
        for width in 1...60 { #expect(view.line(width: width).width <= width) }
        view.take(.ended(bytes: 446_564))
        #expect(
            view.takeLasting().map(\.text) == ["fetching math500 from https://host/x.jsonl", "fetched math500, 447 kB"])
        #expect(view.takeLasting() == [] && !view.isActive)
    }

    @Test("where no line is drawn, a long download reports each tenth, and a short one none")
    func tenths() {
        var (live, plain) = (FetchView(), FetchView(isLive: false))
        var events = [FetchEvent.note("1 model to fetch"), .began(dataset: "Qwen/Q", address: "https://hub")]
        events += [0, 150_000_000, 199_999_999, 1_200_000_000, 1_999_000_000, 2_000_000_000].map {
            .received($0, of: 2_000_000_000)
        }
        for event in events + [.ended(bytes: 2_000_000_000)] {
            live.take(event)
            plain.take(event)
        }
        let always = ["1 model to fetch", "fetching Qwen/Q from https://hub", "fetched Qwen/Q, 2.00 GB"]
        #expect(live.takeLasting().map(\.text) == always)
        let tenths = ["Qwen/Q: 1.20 GB of 2.00 GB, 60%", "Qwen/Q: 2.00 GB of 2.00 GB, 90%"]
        #expect(plain.takeLasting().map(\.text) == Array(always[..<2]) + tenths + [always[2]])
        plain.take(.began(dataset: "math500", address: "https://hub"))
        plain.take(.received(300_000, of: 400_000))
        #expect(plain.takeLasting().count == 1)
    }

    @Test("an unknown size has the bytes so far")
    func unknownSize() {
        var view = FetchView()
        view.take(.began(dataset: "a", address: "http://host/a"))
        view.take(.received(1_500_000, of: nil))
        #expect(view.line(width: 60).text == "a  1.50 MB")
        view.take(.began(dataset: "b", address: "http://host/b"))
        #expect(view.line(width: 60).text == "b  0 B")
    }
}
