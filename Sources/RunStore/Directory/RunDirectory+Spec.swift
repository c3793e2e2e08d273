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

    package func damagedSpec(_ fault: String) -> DamagedRun {
        DamagedRun(
            job, fault,
            "Rerun the command that created it (`rsd-batch run` with your job spec, or `merge` for shards): it is written again."
        )
    }
}
