import Reporting

/// What the tables of a summary show and explain at their foot.
enum SummaryNote: Hashable {
    case interval, target, acceptedSteps, acceptedTokens, paper, spent, relative
    case average, pass, majority, passOfAll, majorityOfAll
    case best
}

/// Lines, and the notes on what they show.
struct NotedLines {
    var lines: [Line]
    var notes: Set<SummaryNote>
}

extension SummaryTable {
    /// The footnotes on what is shown.
    func footnotes(_ shown: Set<SummaryNote>) -> [String] {
        func notes(_ texts: KeyValuePairs<SummaryNote, String>) -> String? {
            let texts = texts.filter { shown.contains($0.key) }.map(\.value)
            return texts.isEmpty ? nil : texts.joined(separator: " ")
        }
        let accepted = shown.contains(.acceptedTokens) ? ", and of their tokens" : ""
        let baseline = sections.lazy.compactMap(\.baseline).first?.method ?? ""
        let figures = [
            notes([
                .interval: "95%: Wilson interval of the accuracy.",
                .target: "target: share of the steps that the target wrote.",
            ]),
            notes([.acceptedSteps: "accepted: share of the draft steps judged against the threshold\(accepted)."]),
            notes([
                .paper:
                    "paper: 2N per token that is kept, rejected or judged; no prompts, no look-ahead."
            ]),
            notes([
                .spent:
                    "spent: 2N per token that any request read or wrote, including look-ahead and prompts read again."
            ]),
            notes([.relative: "×: FLOPs per problem relative to \(baseline) on the same data set."]),
            notes([.best: BestFigure.note]),
            notes([.average: Summary.averageNote]),
            notes([.pass: Summary.passNote, .majority: Summary.majorityNote]),
            notes([
                .passOfAll: "pass@n: at least one of the n samples is right.",
                .majorityOfAll: "maj@n: the answer that most of the n samples give is right.",
            ]),
        ]
        let samples = summary.rows.haveSamples ? [Summary.answersNote, summary.drawnNote] : []
        let isUnknown = summary.rows.contains { $0.flopsPaper == nil || $0.flopsSpent == nil }
        return (figures + samples).compactMap(\.self) + (isUnknown ? summary.unknownSizes.map { "–: \($0)." } : [])
    }
}
