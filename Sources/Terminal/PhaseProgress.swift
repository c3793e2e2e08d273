import Decoding
import Support

/// The progress of a phase.
package struct PhaseProgress: Sendable, Equatable {
    package var wave: Int
    package var roles: [Role]
    /// Trajectories that needed one of the phase's engines when it began.
    package var total: Int
    /// Those that no longer do.
    package var done = 0
    /// Tokens written by the models, or read by a PRM.
    package var tokens = 0
    package var failed = 0
    package var retries = 0
    /// Clock reading, in seconds.
    package var begin: Double

    package init(wave: Int, roles: [Role], total: Int, begin: Double) {
        self.wave = wave
        self.roles = roles
        self.total = total
        self.begin = begin
    }

    /// `draft`, `score`, `target`, or several of them joined by `+`.
    package var name: String { roles.map(\.phase).joined(separator: "+") }

    /// `143/188`.
    var fraction: String { "\(NumberFormat.grouped(done))/\(NumberFormat.grouped(total))" }

    mutating func take(_ trajectory: Trajectory, _ event: Event) {
        switch event {
        case .generated(let answer): tokens += answer.tokens
        case .scored(let answer): tokens += answer.promptTokens
        case .likelihood(let answer): tokens += answer.promptTokens
        case .failed: failed += 1
        case .retried: break
        }
        if !trajectory.needs(anyOf: roles) { done += 1 }
    }

    /// Tokens per second since the phase began; nil if no time has passed.
    package func rate(at seconds: Double) -> Double? {
        let elapsed = seconds - begin
        return tokens > 0 && elapsed >= 0.5 ? Double(tokens) / elapsed : nil
    }

    /// Seconds to the end of the phase at the current pace; nil while too little is done to estimate.
    package func remaining(at seconds: Double) -> Double? {
        let elapsed = seconds - begin
        guard elapsed >= 2, done >= max(3, total / 20), done < total else { return nil }
        return elapsed / Double(done) * Double(total - done)
    }
}
