import Support
import JobSpecs
import Reporting

/// A plan compared with the run of its job.
package struct PlanComparison: Sendable, Equatable, Encodable {
    package var rows: [Row]
    /// Finished trajectories of the run; the plan covers all.
    package var finished: Int
    package var total: Int

    package struct Row: Sendable, Equatable, Encodable {
        package var name: JobPlan.Name
        package var planned: PlanRange
        package var taken: Double
        package var isWithin: Bool
    }

    package var within: Int { rows.count(where: \.isWithin) }
}

extension PlanComparison {
    /// - Throws: ``UnusableRun`` if it is a run of another job.
    package init(_ plan: JobPlan, of job: LoadedJob, against run: StoredRun) throws(UnusableRun) {
        guard SpecIdentity(job.following(run.manifest.identity)).difference(from: run.manifest.identity).isEmpty
        else {
            throw UnusableRun(
                description:
                    "\(run.directory.url.path) is a run of another job, or of an earlier version of this one; "
                    + "plan the job as it ran: \(run.directory.job.path)")
        }
        let roles = job.spec.rolesInWave
        let figures = run.figures
        let loading = [figures.seconds.loading, figures.seconds.waking].flatMap(\.values).reduce(0, +)
        var taken = Dictionary(uniqueKeysWithValues: RunCounts(run).figures(of: roles).map { ($0.name, $0.value) })
        for engine in JobEngines(job.spec).all {
            taken[.busy(engine)] = figures.seconds.busy[engine.name] ?? 0
        }
        taken[.loading] = loading
        taken[.total] = loading + figures.seconds.working.values.reduce(0, +)
        rows = plan.figures.map { figure in
            let value = taken[figure.name] ?? 0
            return Row(name: figure.name, planned: figure.range, taken: value, isWithin: figure.range.contains(value))
        }
        finished = run.trajectories.count { $0.response.finish != nil }
        total = run.trajectories.count
    }
}
