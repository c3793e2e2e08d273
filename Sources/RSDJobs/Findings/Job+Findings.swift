import JobSpecs
import Logging
import ModelLifecycle
import Runner
import Support

extension Job {
    /// What a run of a job would find on this machine: its engine and whether it works here, and the disk.
    ///
    /// - Parameter directory: the run directory, as the user would type it; may be missing.
    package static func findings(of job: LoadedJob, in directory: String) async -> [MachineFinding] {
        let disk = RunSize(job).finding(on: DiskSpace.at(directory), directory)
        let cache = MachineReport.Place(.cache, at: CacheFolder.path).finding
        return await engineFindings(of: job) + [disk, cache.severity == .fine ? nil : cache].compactMap(\.self)
    }

    private static func engineFindings(of job: LoadedJob) async -> [MachineFinding] {
        let engine = job.spec.engine
        do {
            guard engine.residency != .attach else {
                return try await AttachedEngines(job: job, logger: Logger(label: "rsd-batch")).findings()
            }
            return try await engine.dialect.findings(environment: engine.environment) + pluginFindings(of: job)
        } catch {
            return [MachineFinding(error, engine.residency == .attach ? "servers" : engine.kind.title)]
        }
    }

    /// The parts of vLLM that the plugins of a job's profiles build on.
    private static func pluginFindings(of job: LoadedJob) async throws -> [MachineFinding] {
        guard case .score(let setup)? = try job.spec.models[.prm]?.task(), let plugin = setup.plugin else { return [] }
        return try await job.spec.engine.dialect.findings(of: plugin)
    }
}

extension MachineFinding {
    /// An error that would end a run.
    init(_ error: any Error, _ topic: String) {
        let explanation = (error as? any ProgramError)?.explanation
        let message = (error as? EngineError)?.message ?? explanation?.summary ?? "\(error)"
        self.init(.error, topic, message, remedy: explanation?.remedy)
    }
}
