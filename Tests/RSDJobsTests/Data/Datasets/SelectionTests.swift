@testable import Datasets
import Foundation
import Testing

@Suite("shuffle, start and limit")
struct SelectionTests {
    /// The ids of the problems that are read, of a file with so many records.
    private func ids(
        _ count: Int, shuffle: UInt64? = nil, start: Int = 0, limit: Int? = nil, format: DatasetFormat = .jsonl
    ) -> [Int] {
        let spec = DatasetSpec(
            name: "d", path: "/d", format: format, question: "q", answer: "a", shuffle: shuffle, start: start,
            limit: limit)
        var reader = DatasetReader(spec, showing: "d")
        let records = (0..<count).map { #"{"q": "question \#($0)", "a": \#($0)}"# }
        let text =
            switch format {
            case .jsonl, .parquet: records.joined(separator: "\n\n")
            case .json: "[" + records.joined(separator: ",") + "]"
            case .csv: "q,a\n" + (0..<count).map { "question \($0),\($0)\n" }.joined()
            case .tsv: "q\ta\n" + (0..<count).map { "question \($0)\t\($0)\n" }.joined()
            }
        reader.read(Data(text.utf8))
        #expect(reader.diagnostics == [])
        for problem in reader.problems { #expect(problem.question == "question \(problem.id)") }
        return reader.problems.compactMap { Int($0.id) }
    }

    @Test("start comes before limit")
    func startThenLimit() {
        #expect(ids(10, start: 3) == Array(3..<10))
        #expect(ids(10, start: 3, limit: 4) == [3, 4, 5, 6])
        #expect(ids(10, start: 8, limit: 4) == [8, 9])
        #expect(ids(10, start: 10) == [])
        #expect(ids(10, start: .max, limit: .max) == [])
        #expect(ids(10, shuffle: 1, start: .max, limit: .max) == [])
    }

    @Test("a seed stands for one order, on every machine and in every format")
    func order() {
        #expect(ids(12, shuffle: 0) == [3, 2, 9, 5, 7, 6, 0, 10, 1, 11, 4, 8])
        #expect(ids(12, shuffle: 1) == [1, 2, 8, 5, 9, 7, 0, 10, 3, 4, 11, 6])
        for format in DatasetFormat.allCases { #expect(ids(12, shuffle: 0, format: format) == ids(12, shuffle: 0)) }
        #expect(ids(12, shuffle: .max) != ids(12, shuffle: 0))
    }

    @Test("shuffled first, then the first left out, then cut")
    func sequence() {
        for (seed, count) in [(UInt64(3), 40), (9, 1), (77, 200)] {
            let all = ids(count, shuffle: seed)
            #expect(all.sorted() == Array(0..<count))
            for (start, limit) in [(0, 5), (7, 11), (0, 1), (count - 1, 3), (count + 2, 3)] {
                #expect(
                    ids(count, shuffle: seed, start: start, limit: limit)
                        == Array(all.dropFirst(start).prefix(limit)))
            }
        }
    }

    @Test("every record comes first about as often as any other")
    func isFair() {
        var first = [Int](repeating: 0, count: 10)
        for seed in 0..<2000 {
            let selection = RecordSelection(shuffling: 10, seed: UInt64(seed), start: 0, limit: 1)
            first[(0..<10).first { selection.place(of: $0) == 0 } ?? 0] += 1
        }
        #expect(first.allSatisfy { (140...260).contains($0) }, "\(first)")
    }

    @Test("an error in a record that is not used does not matter, and ids need to be unique among those used")
    func onlyWhatIsUsed() {
        var spec = DatasetSpec(name: "d", path: "/d.jsonl", question: "q", answer: "a", id: "i")
        let text = #"""
            oops
            {"q": "x", "a": 1, "i": "one"}
            {"q": "y", "a": 1, "i": "two"}
            {"q": "z", "a": 1, "i": "one"}
            """#
        func read() -> DatasetReader {
            var reader = DatasetReader(spec, showing: "d.jsonl")
            reader.read(Data(text.utf8))
            return reader
        }
        (spec.start, spec.limit) = (1, 2)
        #expect(read().diagnostics == [])
        #expect(read().problems.map(\.id) == ["one", "two"])
        spec.limit = 3
        #expect(
            read().diagnostics.map(\.rendered)
                == [#"d.jsonl:4: error: duplicate id "one"; first used on line 2"#])
    }
}
