import JobSpecs
import Support

extension Comparison.Difference {
    /// What differs between the jobs and the circumstances of runs: first what texts depend on, in the order of the specs.
    static func all(_ runs: [(label: String, run: ComparedRun)]) -> [Comparison.Difference] {
        let facts = runs.map { Facts($0.run) }
        var keys: [String] = []
        var seen: Set<String> = []
        for section in 0..<Facts.sections {
            for run in facts {
                for entry in run.entries[section] where seen.insert(entry.key).inserted { keys.append(entry.key) }
            }
        }
        let values = facts.map(\.values)
        return keys.compactMap { key in
            guard Set(values.map { $0[key] }).count > 1 else { return nil }
            return Comparison.Difference(
                key: key, values: zip(runs, values).map { .init(run: $0.label, value: $1[key]) })
        }
    }

    /// Of one run.
    private struct Facts {
        static let sections = 3

        /// The identity, what made the answers and the grades, and other settings.
        let entries: [[SpecIdentity.Entry]]

        init(_ run: ComparedRun) {
            let manifest = run.manifest
            var circumstances = [
                SpecIdentity.Entry(key: "engine version", value: manifest.engine),
                .init(key: "rsd-batch version", value: manifest.program), .init(key: "grader", value: run.grader),
                .init(key: "host", value: manifest.host),
            ]
            if let isInvariant = manifest.batchInvariant {
                circumstances.append(.init(key: "batch-invariant", value: String(isInvariant)))
            }
            // The grader that graded is one of the circumstances.
            let settings = run.settings.entries.filter { $0.key != "grading.with" }
            entries = [manifest.identity.entries, circumstances, settings]
        }

        var values: [String: String] {
            Dictionary(entries.joined().map { ($0.key, $0.value) }) { first, _ in first }
        }
    }
}
