import Foundation
import JobSpecs
import Support

extension RunDirectory {
    /// The job without its models, as the program wrote it down.
    ///
    /// - Throws: ``DamagedRun``; ``RunIncomplete`` where what it names is elsewhere by now.
    package func writtenJob() throws -> LoadedJob {
        // Anything but a file may never end.
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
            "Give the command that made it (`rsd-batch run` with the job's own spec, or `merge` for shards) once more: it is "
                + "written again.")
    }
}
