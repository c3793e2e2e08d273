@testable import Decoding
import Foundation
@testable import Reporting
@testable import Support
import Testing

/// The data that is put into the page. What the page makes of it is looked at in a browser.
@Suite("The report's page") struct PageTests {
    /// Texts that would like to be more than texts.
    private static let hostile = [
        "<script>alert(1)</script>", "</script><img src=x onerror=alert(1)>", "<!-- <script>", "]]> &amp; ",
        "{{problems}}",
        String(repeating: "$", count: 100_000), "\u{202e}gnol\u{2066}\u{200f}", "\0\u{1b}[31m\u{7f}",
        "\u{2028}\u{2029}\r\n",
        #"\u003c "quoted" \"#,
    ]

    @Test("no text of a model or a data set can leave its script element, and all come back", arguments: hostile)
    func hostileText(text: String) throws {
        var report = SmallReport.golden
        report.questions[0] = text + "?"
        report.lines[0].steps[0].text = text
        report.lines[0].steps[1].rejected?.text = text + "!"
        report.lines[0].answer = text
        let page = String(decoding: try report.made().html(), as: UTF8.self)
        let plain = String(decoding: try SmallReport.golden.made().html(), as: UTF8.self)
        for tag in ["<script", "</script", "<!--"] {
            #expect(page.count(of: tag) == plain.count(of: tag), "\(tag)")
        }
        let block = try #require(try problems(in: page)[0])
        #expect(block.question == text + "?")
        #expect(block.texts.prefix(3) == [text, #"so \boxed{0}"#, text + "!"])
        #expect(block.trajectories[0].answer == text)
    }

    @Test("a job may have any name")
    func anyName() throws {
        let page = String(decoding: try SmallReport.golden.made().html(), as: UTF8.self)
        #expect(page.contains("<title>demo · rsd-batch</title>"))
        #expect(page.contains("default-src 'none'"))
        // Nothing is fetched from anywhere.
        #expect(page.firstMatch(of: /(?:src|href)\s*=\s*"?(?:https?:)?\/\//) == nil)
    }

    @Test("every style and every script is in the page")
    func wholePage() throws {
        let page = String(decoding: try SmallReport.golden.made().html(), as: UTF8.self)
        let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../../Sources/ReportPage/Page")
        for name in try FileManager.default.contentsOfDirectory(atPath: sources.path) where name != "page.html" {
            let part = try String(contentsOf: sources.appending(path: name), encoding: .utf8)
            #expect(page.contains(part), "\(name)")
        }
    }

    @Test("a problem has each text once")
    func textOnce() throws {
        let data = try PageData(SmallReport.golden.made())
        let first = String(decoding: data.problems.split(separator: UInt8(ascii: "\n"))[0], as: UTF8.self)
        #expect(
            first == #"{"gold":"2","question":"1+1?","texts":["1\n\n","so \\boxed{0}","no"],"trajectories":["#
                + #"{"answer":"0","finish":"eos","steps":[{"o":"draft","r":0.925,"x":0},"#
                + #"{"j":{"r":0.125,"x":2},"o":"target","r":0.5,"x":1}],"#
                + #""tokens":{"draft":{"kept":30,"lookahead":5,"prompt":20,"rejected":10},"#
                + #""prm":{"judged":40,"prompt":80},"target":{"kept":10,"lookahead":0,"prompt":50,"rejected":0}},"verdict":"right"},"#
                + #"{"answer":"0","finish":"eos","steps":[{"o":"target","x":1}],"#
                + #""tokens":{"draft":{"kept":0,"lookahead":0,"prompt":0,"rejected":0},"#
                + #""prm":{"judged":0,"prompt":0},"target":{"kept":40,"lookahead":0,"prompt":20,"rejected":0}},"verdict":"right"}]}"#
        )
    }

    @Test("the index lists every trajectory")
    func index() throws {
        var report = SmallReport.golden
        report.lines[1].finish = .maxTokens
        report.lines[1].cut = true
        report.lines[2].finish = .failed
        let index = try JSONDecoder().decode(Index.self, from: PageData(report.made()).index)
        #expect(index.methods == ["rsd", "target_only"])
        #expect(
            index.rows.map(\.numbers) == [
                [0, 0, 0, 1], [0, 1, 0, 3], [0, 2, 0, 4], [1, 0, 0, 1], [1, 1, 0, 0], [1, 2, 0, 1],
            ])
        #expect(index.rows.map(\.origins) == ["dr", "dr", "dr", "t", "t", "t"])
        #expect(index.in_full == 6)
        #expect(index.summary.rows.count == 2)
        // Without rewards, a method has neither a histogram nor a calibration.
        #expect(index.figures.rewards.map(\.method) == ["rsd"] && index.figures.calibrations.map(\.method) == ["rsd"])
        let rewards = index.figures.rewards[0]
        #expect((rewards.taken[18], rewards.rejected[2], rewards.target[10]) == (3, 3, 3))
        #expect(index.figures.lengths.map(\.method) == ["rsd", "target_only"])
        #expect(index.figures.lengths.map { $0.right.firstIndex(of: 2) } == [20, 20])
    }

    @Test("fields of a problem are shown with it, and those with few values make tables and filters")
    func fields() throws {
        var report = SmallReport.golden
        for place in report.lines.indices {
            let problem = place % 3
            report.lines[place].meta = [
                "level": problem == 1 ? nil : .number("2"), "source": .string("</script>\(problem)"),
                "__proto__": .null,
            ].compactMapValues(\.self)
        }
        let made = try report.made()
        let data = try PageData(made)
        let index = try JSONDecoder().decode(Index.self, from: data.index)
        #expect(index.fields.map(\.name) == ["level"] && index.fields.first?.values == [.number("2")])
        #expect(
            String(decoding: data.index, as: UTF8.self).contains(#""problems":[[0,"0",[0,0]],[0,"1"],[0,"2",[0,0]]]"#))
        let first = String(decoding: data.problems.split(separator: UInt8(ascii: "\n"))[0], as: UTF8.self)
        #expect(first.contains(#""meta":[["__proto__","null"],["level","2"],["source","\u003c/script>0"]]"#))
        let groups = try #require(made.summary.rows[0].breakdowns?.first?.groups)
        #expect(groups.map(\.value) == [.number("2"), .null])
        #expect(groups.map(\.accuracy) == [0.5, 1])
        #expect(
            made.markdown.contains(
                "\n\n| level | 2 (2) | none (1) |\n| --- | --: | --: |\n| rsd | 50.0% | 100.0% |\n"))
        let sample = try made.lmEvalFiles()[0].content.split(separator: UInt8(ascii: "\n"))[2]
        #expect(
            String(decoding: sample, as: UTF8.self).contains(
                #""meta":{"__proto__":null,"level":2,"source":"</script>2"}"#))
        #expect(try JSONDecoder().decode([ResultLine].self, from: JSONText.encode(made.lines)) == made.lines)
    }

    @Test("candidates, and what a grader says besides, are shown too")
    func moreFields() throws {
        var report = SmallReport.golden
        for place in report.lines.indices {
            report.lines[place].cut = true
            report.lines[place].verdict = .timeout
            report.lines[place].verdictReason = "10 s"
            report.lines[place].candidates = [
                Candidate(text: "c1", finish: .eos, rewards: [0.5, nil], score: 0.25, chosen: true)
            ]
        }
        let data = try PageData(report.made())
        let index = try JSONDecoder().decode(Index.self, from: data.index)
        #expect(index.rows.allSatisfy { $0.numbers[3] & 2 == 2 })
        let first = String(decoding: data.problems.split(separator: UInt8(ascii: "\n"))[0], as: UTF8.self)
        #expect(
            first.contains(
                #""candidates":[{"answer":"c1","chosen":true,"finish":"eos","rewards":[0.5,null],"score":0.25,"x":3}]"#)
        )
        #expect(first.contains(#""reason":"10 s""#) && first.contains(#""verdict":"timeout""#))
    }

    @Test("alternatives are the rewards that were not taken")
    func alternatives() throws {
        let alternatives = [Alternative(text: "b", reward: 0.31), Alternative(text: "c")]
        var histogram = RewardHistogram(method: "beam_search", dataset: "d")
        histogram.add([Step(text: "a", origin: .draft, reward: 1, alternatives: alternatives)])
        #expect(histogram.taken[19] == 1)
        #expect(histogram.rejected[6] == 1 && histogram.rejected.reduce(0, +) == 1)
    }

    @Test("a page that would be too large has the first problems in full, and says how many trajectories those are")
    func limit() throws {
        let report = try SmallReport.golden.made()
        let all = try PageData(report).problems.split(separator: UInt8(ascii: "\n"))
        let data = try PageData(report, limit: all[0].count + all[1].count)
        #expect(data.problems.split(separator: UInt8(ascii: "\n")) == [all[0], all[1], Data("null".utf8)])
        #expect(try JSONDecoder().decode(Index.self, from: data.index).in_full == 4)
        let nothing = try PageData(report, limit: 10)
        #expect(String(decoding: nothing.problems, as: UTF8.self) == "null\nnull\nnull")
    }

    // MARK: Reading the page

    private struct Index: Decodable {
        struct Row: Decodable {
            var numbers: [Int] = []
            var origins = ""

            init(from decoder: any Decoder) throws {
                var list = try decoder.unkeyedContainer()
                for _ in 0..<4 { numbers.append(try list.decode(Int.self)) }
                origins = try list.decode(String.self)
            }
        }
        struct Figures: Decodable {
            struct Rewards: Decodable {
                var method: String
                var taken, rejected, target: [Int]
            }
            struct Calibration: Decodable { var method: String }
            struct Lengths: Decodable {
                var method: String
                var right: [Int]
            }
            var rewards: [Rewards]
            var calibrations: [Calibration]
            var lengths: [Lengths]
        }
        struct Field: Decodable {
            var name: String
            var values: [JSONValue]
        }
        var methods: [String]
        var fields: [Field]
        var rows: [Row]
        var in_full: Int
        var summary: Summary
        var figures: Figures
    }

    private struct Block: Decodable {
        struct Trajectory: Decodable { var answer: String? }
        var question: String
        var texts: [String]
        var trajectories: [Trajectory]
    }

    private func problems(in page: String) throws -> [Block?] {
        let start = try #require(page.range(of: #"id="problems">"#)?.upperBound)
        let end = try #require(page.range(of: "</script>", range: start..<page.endIndex)?.lowerBound)
        return try page[start..<end].split(separator: "\n").map {
            try JSONDecoder().decode(Block?.self, from: Data($0.utf8))
        }
    }
}

extension String {
    fileprivate func count(of part: String) -> Int { ranges(of: part).count }
}
