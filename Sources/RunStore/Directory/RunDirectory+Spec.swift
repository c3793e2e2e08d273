import Foundation
import JobSpecs
import Support

extension RunDirectory {
    /// The job, without its models, from the spec in the directory.
    ///
    /// - Throws: ``DamagedRun``; ``RunIncomplete`` if a file that it names is gone.
    package func writtenJob() throws -> LoadedJob {
        // Reading a pipe or a device may never end.
        guard try RunFile.contents(of: job) != nil else { throw damagedSpec("is missing") }
        do throws(SpecErrors) {
            return try JobLoader.load(job, withModels: false)
        } catch {
            guard JobLoader.isReadable(job) else {
                throw damagedSpec("is damaged: \(error.diagnostics.first?.rendered ?? "")")
            }
            throw RunIncomplete(errors: error)
        }
    }

    /// The job that a manifest describes, without its models, from the spec in the directory. Records that were added to a file
    /// since, after those of the run, are left out.
    ///
    /// - Throws: ``DamagedRun``; ``RunIncomplete`` if a file that it names is gone or holds other questions.
    package func writtenJob(of manifest: Manifest) throws -> LoadedJob {
        let job = try writtenJob().following(manifest.identity).beginning(as: manifest.identity)
        let changes = SpecIdentity(job).difference(from: manifest.identity)
        let changed = Set(changes.map(\.key))
        // Models are not checked here, a newer version may have more settings, and questions are reported below.
        let settings = changes.filter {
            $0.old != nil && !$0.key.hasPrefix("models.") && !$0.key.hasPrefix("prompt.")
                && !$0.key.hasPrefix("datasets.")
        }
        if let dataset = job.spec.datasets.first(where: { changed.contains("datasets.\($0.name).questions") }) {
            throw RunIncomplete(
                self,
                "\(dataset.path) no longer holds the questions that the run was begun with (data set '\(dataset.name)')"
            )
        }
        guard settings.isEmpty else {
            throw damagedSpec(
                "differs from the job that the run was begun with: \(settings.map(\.description).joined(separator: "; "))"
            )
        }
        return job
    }

    package func damagedSpec(_ fault: String) -> DamagedRun {
        DamagedRun(
            job, fault,
            "Rerun the command that created it (`rsd-batch run` with your job spec, or `merge` for shards): it is written again."
        )
    }
}
