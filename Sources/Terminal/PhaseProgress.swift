import Decoding
import Support

/// How far a phase has come.
package struct PhaseProgress: Sendable, Equatable {
    package var wave: Int
    package var roles: [Role]
    /// Trajectories that need one of the phase's engines at its beginning.
    package var total: Int
    /// Those of them that no longer do.
    package var done = 0
    /// Written by the models, or read by a PRM.
    package var tokens = 0
    package var failed = 0
    package var retries = 0
    /// A clock's reading, in seconds.
    package var begin: Double

    package init(wave: Int, roles: [Role], total: Int, begin: Double) {
        self.wave = wave
        self.roles = roles
        self.total = total
        self.begin = begin
    }

    /// `draft`, `score`, `target`, or those that run together.
    package var name: String { roles.map(\.phase).joined(separator: "+") }

    /// `143/188`.
    var fraction: String { "\(NumberFormat.grouped(done))/\(NumberFormat.grouped(total))" }

    mutating func take(_ trajectory: Trajectory, _ event: Event) {
        switch event {
        case .generated(let answer): tokens += answer.tokens
        case .scored(let answer): tokens += answer.promptTokens
        case .failed: failed += 1
        case .retried: break
        }
        if !trajectory.needs(anyOf: roles) { done += 1 }
    }

    /// Tokens a second since the phase began; nil before there is anything to divide.
    package func rate(at seconds: Double) -> Double? {
        let elapsed = seconds - begin
        return tokens > 0 && elapsed >= 0.5 ? Double(tokens) / elapsed : nil
    }

    /// Seconds to the end of the phase, should it go on at this pace; nil while too little is done to tell.
    package func remaining(at seconds: Double) -> Double? {
        let elapsed = seconds - begin
        guard elapsed >= 2, done >= max(3, total / 20), done < total else { return nil }
        return elapsed / Double(done) * Double(total - done)
    }
}
