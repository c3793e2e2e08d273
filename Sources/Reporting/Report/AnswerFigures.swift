import JobSpecs

/// The statistics of answers that only the page shows, for each method and data set with answers, in the order of the job.
struct AnswerFigures: Encodable {
    private(set) var rewards: [RewardHistogram] = []
    private(set) var calibrations: [RewardCalibration] = []
    private(set) var lengths: [AnswerLengths] = []

    init(_ lines: [ResultLine], of spec: JobSpec) {
        let groups = Dictionary(grouping: lines) { [$0.method, $0.dataset] }
        let longest = Dictionary(lines.map { ($0.dataset, $0.length) }, uniquingKeysWith: max)
        for method in spec.methods.map(\.name) {
            for dataset in spec.datasets.map(\.name) {
                guard let members = groups[[method, dataset]] else { continue }
                var histogram = RewardHistogram(method: method, dataset: dataset)
                for line in members { histogram.add(line.steps) }
                if !histogram.isEmpty { rewards.append(histogram) }
                if let calibration = RewardCalibration(method: method, dataset: dataset, lines: members) {
                    calibrations.append(calibration)
                }
                let lengths = AnswerLengths(
                    method: method, dataset: dataset, lines: members, longest: longest[dataset] ?? 0)
                if let lengths { self.lengths.append(lengths) }
            }
        }
    }
}
