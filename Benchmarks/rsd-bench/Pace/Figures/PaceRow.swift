import Decoding
import PacedEngine

/// A line of the report: one contender in one case, the medians of its samples.
struct PaceRow {
    let set: PaceCase
    let contender: String
    let samples: [PaceSample]
    let needed: NeededWork
    let slowdown: Double

    static let head: [String] = [
        "GPU", "GPUs", "residency", "problems", "δ", "client", "wall, s", "bound, s", "bound/wall", "GPU busy",
        "full before the tail", "of d/t/p", "iterations d/t/p", "written d/t, k", "not needed d/t", "read d/t/p, k",
        "HTTP/request",
        "starts",
        "preempted", "aborted", "client CPU, s", "server CPU", "server late, ms",
    ]

    var cells: [String] {
        let machine = set.machine
        let bound = needed.bound(on: machine)
        let wall = median { $0.wall }
        let batch = machine.cost(of: .draft).fullTokens
        let gpus = machine.devices == .one ? 1.0 : 3
        func count(_ role: Role, _ value: @escaping (BatchScheduler.Counts) -> Int) -> Double {
            median { Double(($0.figures.counts[role]).map(value) ?? 0) }
        }
        /// Of the time before the tail.
        func full(_ roles: [Role]) -> String {
            guard set.problems >= batch else { return "–" }
            return percent(median { $0.figures.fullShare(of: roles, until: $0.figures.tail(batch: batch)) ?? 0 })
        }
        func written(_ role: Role) -> Double { count(role) { $0.writtenTokens } }
        func read(_ role: Role) -> Double { count(role) { $0.computedTokens - $0.writtenTokens } }
        func waste(_ role: Role) -> String {
            let needed = Double(needed.written[role] ?? 0)
            return needed > 0 ? percent(written(role) / needed - 1) : "–"
        }
        return [
            set.gpu.name, set.devices.rawValue, set.residency, "\(set.problems)", "\(set.threshold)", contender,
            spread(figure(wall)), figure(bound), percent(bound / wall),
            percent(median { $0.figures.working / $0.wall / gpus }),
            full(PacedMachine.roles), PacedMachine.roles.map { full([$0]) }.joined(separator: "/"),
            PacedMachine.roles.map { role in
                figure(median { Double($0.figures.tallies[role]?.iterations.count ?? 0) })
            }.joined(separator: "/"),
            thousands([.draft, .target].map(written)), [.draft, .target].map(waste).joined(separator: "/"),
            thousands(PacedMachine.roles.map(read)),
            figure(
                median {
                    Double($0.figures.httpRequests.values.reduce(0, +))
                        / Double(max(1, $0.figures.modelRequests.values.reduce(0, +)))
                }),
            figure(median { Double($0.figures.starts) }),
            figure(PacedMachine.roles.reduce(0) { sum, role in sum + count(role) { $0.preemptions } }),
            figure(median { Double($0.figures.aborted) }),
            figure(median { $0.cpu }), percent(median { $0.figures.cpu / ($0.figures.end * slowdown) }),
            figure(median { $0.figures.meanLateness * 1000 }),
        ]
    }

    /// The median, with the smallest and the largest of several samples.
    private func spread(_ median: String) -> String {
        let walls = samples.map(\.wall).sorted()
        guard walls.count > 1 else { return median }
        return "\(median) (\(figure(walls[0]))–\(figure(walls[walls.count - 1])))"
    }

    private func median(_ value: (PaceSample) -> Double) -> Double {
        let values = samples.map(value).sorted()
        return values.isEmpty ? 0 : (values[values.count / 2] + values[(values.count - 1) / 2]) / 2
    }

    private func percent(_ part: Double) -> String { "\(Int((part * 100).rounded())) %" }

    private func thousands(_ counts: [Double]) -> String {
        counts.map { figure($0 / 1000) }.joined(separator: "/")
    }

    static func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
}
