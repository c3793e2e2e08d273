import Foundation
import Testing

@testable import ModelLifecycle

@Suite("Server-sent events") struct EventStreamReaderTests {
    private func events(_ pieces: [Data]) -> [String] {
        var reader = EventStreamReader()
        return pieces.flatMap { reader.take($0) }.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        "events are read as the standard says",
        arguments: [
            ("data: one\n\ndata: two\n\n", ["one", "two"]),
            ("data:one\r\n\r\ndata: two\r\rdata:three\n\n", ["one", "two", "three"]),
            ("data:  a \n\n", [" a "]), ("data: a\ndata: b\n\n", ["a\nb"]), ("data\n\n", [""]),
            ("data:\ndata:\n\n", ["\n"]),
            (": a comment\n\n\n\ndata: a\n: another\n\n", ["a"]), ("event: x\nid: 7\nretry: 10\ndata: a\n\n", ["a"]),
            ("\u{FEFF}data: a\n\n", ["a"]), ("database: a\n\nDATA: b\n\n data: c\n\n", []), ("data: never ended\n", []),
            ("event: x\n\n", []), ("", []), ("data: \u{FEFF}é\u{1F642}\n\n", ["\u{FEFF}é\u{1F642}"]),
        ])
    func standard(_ text: String, _ expected: [String]) {
        #expect(events([Data(text.utf8)]) == expected)
        #expect(events(text.utf8.map { Data([$0]) }) == expected)
        for cut in 0...text.utf8.count {
            #expect(events([Data(text.utf8.prefix(cut)), Data(), Data(text.utf8.dropFirst(cut))]) == expected)
        }
    }

    @Test("what is kept is counted")
    func size() {
        var reader = EventStreamReader()
        _ = reader.take(Data("data: 12345\ndata: 6789".utf8))
        #expect(reader.size == 5 + 10)
        _ = reader.take(Data("\n\n".utf8))
        #expect(reader.size == 0)
    }
}
