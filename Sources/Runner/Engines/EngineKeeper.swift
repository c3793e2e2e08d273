import JobSpecs

/// The engines of jobs that run one after the other, by the GPUs that they run on.
package actor EngineKeeper {
    /// The jobs that run after the present one.
    package private(set) var later: [LoadedJob] = []
    /// By the UUIDs of their GPUs; none stands for all that are visible.
    private var places: [[String]: KeptEngines] = [:]

    package init() {}

    /// - Parameter jobs: those that run after the one that is next.
    package func expect(_ jobs: [LoadedJob]) { later = jobs }

    /// What is kept for a job that runs on these GPUs. Ends engines on any others.
    ///
    /// - Parameter groups: UUIDs; nil for all that are visible.
    /// - Throws: see ``KeptEngines/endEngines(except:)``.
    package func engines(on groups: [[String]?]) async throws -> [KeptEngines] {
        let keys = groups.map { $0 ?? [] }
        for key in places.keys where !keys.contains(key) { try await places.removeValue(forKey: key)?.end() }
        var found: [KeptEngines] = []
        for group in groups {
            let engines = places[group ?? []] ?? KeptEngines(on: group)
            places[group ?? []] = engines
            await engines.expect(later)
            found.append(engines)
        }
        return found
    }

    /// Ends all engines that are kept.
    ///
    /// - Throws: see ``KeptEngines/endEngines(except:)``; the others have ended, too.
    package func end() async throws {
        let all = places.values
        places = [:]
        var failure: (any Error)?
        for engines in all {
            do { try await engines.end() } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }
}
