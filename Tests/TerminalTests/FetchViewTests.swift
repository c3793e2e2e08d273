import Testing

@testable import Terminal

@Suite("The view of a fetch") struct FetchViewTests {
    @Test("a known size has a bar")
    func knownSize() {
        var view = FetchView()
        #expect(!view.hasBegun)
        view.take(.began(dataset: "math500", address: "https://host/x.jsonl"))
        #expect(view.hasBegun)
        #expect(view.line(width: 60).text == "math500  0 B")
        view.take(.received(310_000, of: 446_564))
        #expect(view.line(width: 60).text == "math500  ━━━━━━━━━━━━━━━━━━━─────────  310 kB of 447 kB  69%")
        #expect(view.line(width: 160).text.count { "━─".contains($0) } == 40)
        for width in 1...60 { #expect(view.line(width: width).width <= width) }
        view.take(.ended(bytes: 446_564))
        #expect(
            view.takeLasting().map(\.text) == ["fetching math500 from https://host/x.jsonl", "fetched math500, 447 kB"])
        #expect(view.takeLasting() == [])
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
