import Datasets
import Decoding

extension PageIndex {
    /// Encoded as `[dataset, "id", [field, value], …]`, with the indices of its values in ``PageIndex/fields``.
    struct Problem: Encodable {
        var dataset: Int
        var problem: Datasets.Problem
        var values: [[Int]]?

        func encode(to encoder: any Encoder) throws {
            var list = encoder.unkeyedContainer()
            try list.encode(dataset)
            try list.encode(problem.id)
            for value in values ?? [] { try list.encode(value) }
        }
    }

    /// A trajectory, encoded as `[method, problem, sample, state, "ddr"]`.
    struct Row: Encodable {
        /// Index in the results; not encoded.
        var line: Int
        var method: Int
        var problem: Int
        var sample: Int
        var state: State
        /// A ``PageIndex/letter(of:)`` per step.
        var origins: String

        func encode(to encoder: any Encoder) throws {
            var list = encoder.unkeyedContainer()
            for number in [method, problem, sample, state.rawValue] { try list.encode(number) }
            try list.encode(origins)
        }
    }

    struct State: OptionSet {
        var rawValue: Int
        static let right = State(rawValue: 1)
        /// Ended by a limit.
        static let cut = State(rawValue: 2)
        static let failed = State(rawValue: 4)
    }

    /// `d`: written by the draft, `t`: by the target, `r`: by the target in place of a rejected draft step.
    static func letter(of step: Step) -> Character {
        switch step.origin {
        case .draft: "d"
        default: step.rejected == nil ? "t" : "r"
        }
    }
}
