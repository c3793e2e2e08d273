import Foundation

/// Names that tell runs apart.
enum RunLabels {
    /// The job's name where no other run has it, else the name of the directory, or its whole path.
    static func labels(of runs: [(job: String, directory: URL)]) -> [String] {
        let jobs = runs.map(\.job)
        let folders = runs.map(\.directory.lastPathComponent)
        let labels = runs.indices.map { index in
            let job = jobs[index]
            return jobs.count { $0 == job } == 1 ? job : folders[index]
        }
        return runs.indices.map { index in
            labels.count { $0 == labels[index] } == 1 ? labels[index] : runs[index].directory.path
        }
    }
}
