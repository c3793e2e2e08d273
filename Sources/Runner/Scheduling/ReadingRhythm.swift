/// How many steps of a solution that is being written the PRM reads at once.
///
/// Each reading begins at the first token, so that reading every step by itself costs half a solution for each; but a draft that is
/// not judged writes steps that may be lost. With a share p of steps rejected, both together are least at about √(1/p) steps a
/// reading. While few solutions are being written, the engines have time to spare, and each step is read as it comes.
struct ReadingRhythm: Sendable {
    /// Solutions being written from which on the PRM has no time to spare.
    static let many = 64

    // As if some had been seen: a quarter of the steps is rejected.
    private var judged = 16.0
    private var rejected = 4.0

    /// - Parameters:
    ///   - accepted: steps that a reading accepted.
    ///   - isRejected: whether it rejected the one after them.
    mutating func note(accepted: Int, isRejected: Bool) {
        judged += Double(accepted) + (isRejected ? 1 : 0)
        rejected += isRejected ? 1 : 0
    }

    /// The fewest new steps to read before the end of a solution.
    ///
    /// - Parameter solutions: number that is being written.
    func steps(solutions: Int) -> Int {
        solutions < Self.many ? 1 : Int((judged / rejected).squareRoot().rounded(.up))
    }
}
