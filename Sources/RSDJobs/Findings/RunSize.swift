import JobSpecs
import ModelLifecycle
import Support

/// How much a run writes to its directory.
struct RunSize {
    /// In the demo, whose texts are short, a generated token takes 31 bytes in journal, results and report together.
    private static let bytesPerToken = 32.0
    private static let bytesPerSolution = 1024.0

    /// In bytes.
    let range: PlanRange

    init(_ job: LoadedJob) {
        let tokens = Assumptions(job.spec.decoding).tokens
        let problems = job.problems.values.reduce(0) { $0 + $1.count }
        let solutions = Double(problems) * job.spec.solutionsPerProblem
        func bytes(_ tokens: Double) -> Double { solutions * (tokens * Self.bytesPerToken + Self.bytesPerSolution) }
        range = PlanRange(low: bytes(tokens.low), expected: bytes(tokens.expected), high: bytes(tokens.high))
    }

    /// - Parameters:
    ///   - disk: of the run directory; nil if unknown.
    ///   - directory: as the user would type it.
    func finding(on disk: DiskSpace?, _ directory: String) -> MachineFinding? {
        guard let disk else { return nil }
        let (expected, high) = (Int(bounding: range.expected), Int(bounding: range.high))
        let words =
            "the run writes about \(NumberFormat.bytes(expected)), at most \(NumberFormat.bytes(high)), to \(directory); "
            + "\(NumberFormat.bytes(disk.free)) are free there"
        guard disk.free < high.times(2) else { return MachineFinding(.fine, "disk", words) }
        return MachineFinding(
            disk.free < expected ? .error : .warning, "disk", words,
            remedy:
                "Free space there, or choose another place with --run-dir. A run that fills the disk loses nothing and can "
                + "be resumed.")
    }
}
