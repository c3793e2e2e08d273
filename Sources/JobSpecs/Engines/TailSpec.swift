/// Whether a run's last trajectories get all their models at once, where models take turns otherwise.
package enum TailSpec: Sendable, Equatable {
    /// Once that saves time.
    case auto
    case never
    /// Once at most so many trajectories are unfinished.
    case last(Int)

    /// As in a job spec.
    package var yaml: String {
        switch self {
        case .auto: "auto"
        case .never: "never"
        case .last(let count): String(count)
        }
    }

    static let words: [(word: String, value: TailSpec)] = [("auto", .auto), ("never", .never)]
}
