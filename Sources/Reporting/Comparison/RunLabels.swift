import Foundation

/// Names that tell runs apart.
enum RunLabels {
    /// The job's name where no other run has it, else as much of the end of the directory's path as no other label equals.
    static func labels(of runs: [(job: String, directory: URL)]) -> [String] {
        let jobs = Dictionary(grouping: runs.map(\.job)) { $0 }.mapValues(\.count)
        let paths = runs.map { $0.directory.path.split(separator: "/") }
        let longest = paths.map(\.count).max() ?? 0
        for length in 1...max(1, longest) {
            let labels = zip(runs, paths).map { run, path in
                jobs[run.job] == 1 ? run.job : path.suffix(length).joined(separator: "/")
            }
            if Set(labels).count == labels.count { return labels }
        }
        return runs.map(\.directory.path)
    }
}
