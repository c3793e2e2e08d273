import Decoding
import Foundation
import Support
import TestSupport
import Testing

@testable import RunStore

/// What is read by hand is what `Decodable` reads, and journals of every version and any tool stay readable.
@Suite("Events of a journal, read by hand") struct EventReaderTests {
    @Test("every event is read as Decodable reads it")
    func sameAsDecodable() throws {
        var random = SeededRandom(seed: 3)
        for _ in 0..<1000 {
            let record = Self.record(&random)
            let line = try JournalLine.encode(record).dropLast()
            #expect(Self.byHand(line) == record)
            #expect(try JSONDecoder().decode(JournalRecord.self, from: Data(line)) == record)
            #expect(JournalLine.decode(line) == record)
        }
    }

    @Test("a changed line is read as Decodable reads it, or left to it")
    func changedLines() throws {
        var random = SeededRandom(seed: 4)
        let changes = [
            (#""sample":0"#, #""sample":0.0"#), (#""sample":0"#, #""sample":null"#),
            (#""end":"eos""#, #""end":"dream""#),
            (#""prompt":"#, #""prompt":-"#), (#""logprobs":["#, #""logprobs":["x","#),
            (#""margins":["#, #""margins":[null,"#),
            (#""likelihoods":{"#, #""likelihoods":{"margins":3,"#), (#""tokens":"#, #""tokens":1e3,"tokens":"#),
            (#""role":"#, #""part":"#),
            (#""steps":["#, #""steps":[3,"#), (#""rewards":["#, #""rewards":["x","#), (#""kind":"#, #""king":"#),
            (#""seconds":"#, #""minutes":"#), (#""request":"#, #""request":null,"r":"#),
            (#""method":"#, #""m\u0065thod":"#),
            (#""problem":"#, #""more":{"problem":[]},"problem":"#), (#""dataset":"#, #""dataset":7,"d":"#),
            (#""max_tokens":"#, #""max_tokens":null,"#), (#""tokens":["#, #""tokens":[1099511627777,"#),
        ]
        var read = 0
        for _ in 0..<400 {
            let text = String(decoding: try JournalLine.encode(Self.record(&random)).dropLast(), as: UTF8.self)
            for (old, new) in changes where text.contains(old) {
                let line = Data(text.replacing(old, with: new).utf8)
                guard let record = Self.byHand(line) else { continue }
                read += 1
                #expect((try? JSONDecoder().decode(JournalRecord.self, from: line)) == record, "\(new)")
            }
        }
        #expect(read > 100)
    }

    @Test("the checksum of eight bytes at a time is that of one at a time, at every length and place")
    func checksum() {
        var random = SeededRandom(seed: 5)
        let bytes = Data((0..<300).map { _ in UInt8.random(in: 0...255, using: &random) })
        for start in 0..<17 {
            for end in start..<bytes.count {
                let part = bytes[start..<end]
                var crc = ~UInt32(0)
                for byte in part {
                    crc ^= UInt32(byte)
                    for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
                }
                #expect(Checksum.crc32(part) == ~crc)
            }
        }
        #expect(String(decoding: Checksum.digits(Data("123456789".utf8)), as: UTF8.self) == "cbf43926")
    }

    private static func byHand(_ line: Data) -> JournalRecord? {
        line.withUnsafeBytes { EventReader.read($0.bindMemory(to: UInt8.self)) }
    }

    private static func record(_ random: inout SeededRandom) -> JournalRecord {
        func maybe<Value>(_ value: Value) -> Value? { Bool.random(using: &random) ? value : nil }
        func number(_ limit: Int = 5000) -> Int { Int.random(in: 0...limit, using: &random) }
        func word() -> String {
            ["rsd", "a/b", "é\u{2028}", "", "\"\\\0", "problem \(number()) of a long name"].randomElement(
                using: &random) ?? ""
        }
        let request = RequestFingerprint(digest: word(), maxTokens: maybe(number()), undecided: maybe(number()))
        let span = TimeSpan(begin: 1.8e9 + Double(number()) / 7, seconds: Double(number()) / 3)
        var origin = AnswerOrigin(asked: maybe(span), request: maybe(request), source: maybe(number()))
        let candidate = maybe(number()) ?? 0
        let count = number(4)
        let event: Event
        func likelihoods(_ count: Int) -> TokenLikelihoods {
            func row() -> [Float] { (0..<count).map { _ in -Float.random(in: 0...9, using: &random) } }
            return TokenLikelihoods(logprobs: row(), entropies: maybe(row()), margins: maybe(row()))
        }
        let role = Role.allCases.randomElement(using: &random) ?? .draft
        if number(2) == 0 {
            event = .likelihood(
                Likelihood(
                    role: role, steps: (0..<count).map { _ in likelihoods(number(5)) }, promptTokens: number(),
                    candidate: candidate))
        } else if Bool.random(using: &random) {
            event = .generated(
                Generated(
                    role: role,
                    steps: (0..<count).map { _ in
                        StepText(text: word() + "\n\n", tokens: number(), likelihoods: maybe(likelihoods(number(5))))
                    },
                    end: [.delimiter, .eos, .maxTokens, .context].randomElement(using: &random) ?? .eos,
                    promptTokens: number(), seam: maybe(number()), beyond: maybe(number()), candidate: candidate))
        } else {
            origin.readings =
                maybe(
                    (0..<count).compactMap { _ in
                        ReadingKey(String(UInt64.random(in: 0 ... .max, using: &random), radix: 16))
                    })
                ?? []
            event = .scored(
                Scored(
                    role: maybe(role) ?? .prm,
                    rewards: (0..<count).map { _ in Double.random(in: 0...1, using: &random) },
                    tokens: (0..<count).map { _ in number() }, promptTokens: number(),
                    dropped: maybe((0..<count).map { _ in number() }) ?? [], overlong: maybe([number(), 1]) ?? [],
                    isOnePass: !origin.readings.isEmpty, readAhead: maybe(number()) ?? 0, candidate: candidate))
        }
        let id = TrajectoryID(method: word(), dataset: word(), problem: word(), sample: number(2))
        return .event(id, event, origin)
    }
}
