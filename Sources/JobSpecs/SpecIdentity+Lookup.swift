import Datasets

extension SpecIdentity {
    /// The value of a setting; nil if it has none.
    package subscript(key: String) -> String? { entries.first { $0.key == key }?.value }

    /// The names of the data sets.
    package var datasets: [String] { names("datasets") }

    /// The names of the methods.
    package var methods: [String] { names("methods") }

    private func names(_ key: String) -> [String] {
        (self[key] ?? "").split(separator: ", ").map(String.init)
    }

    /// Number of trajectories of a job of a version whose summaries do not say it: a problem had one answer per method and seed.
    /// nil if a count is missing.
    package var trajectoriesOfEarlierVersion: Int? {
        var problems = 0
        for name in datasets {
            guard let count = self[Keys(dataset: name).count].flatMap({ Int($0) }) else { return nil }
            problems = problems &+ count
        }
        return problems &* methods.count &* names("seed").count
    }

    /// Whether these are all problems of a data set of the job, in their order. Their answers are not compared.
    package func asks(_ problems: [Problem], of dataset: String) -> Bool {
        self[Keys(dataset: dataset).questions] == Self.questions(of: problems)
    }
}
