import Foundation
import Hub
import JobSpecs
import ModelLifecycle
import Support

/// What `doctor` looks at: a machine, as far as it concerns runs.
package struct MachineReport: Sendable {
    /// The GPUs that engines will see; nil if they cannot be measured.
    package var gpus: [GPUDevice]?
    /// Why they cannot be measured.
    package var gpuTrouble: String?
    package var driver: GPUDriver?
    package var memory: HostMemory?
    package var processors: HostProcessors
    /// The limit on open files.
    package var openFiles: Int
    package var places: [Place]
    /// Variables that concern runs.
    package var environment: [String: String]
    /// The absolute path of `sbatch`.
    package var slurm: String?
    /// Checkpoints in the Hugging Face cache.
    package var cachedModels: Int
    /// Packages beside vLLM; nil without vLLM.
    package var packages: [String: String?]?
    /// The Python of vLLM's environment.
    package var python: String?

    /// A directory that a run writes to.
    package struct Place: Sendable {
        package enum Use: Sendable, CaseIterable { case work, cache, temporary, sharedMemory, models }

        package var use: Use
        package var path: String
        /// nil if the system does not tell.
        package var disk: DiskSpace?
        package var isWritable: Bool

        package init(_ use: Use, _ path: String, disk: DiskSpace?, isWritable: Bool) {
            (self.use, self.path, self.disk, self.isWritable) = (use, path, disk, isWritable)
        }
    }

    package init(
        gpus: [GPUDevice]? = nil, gpuTrouble: String? = nil, driver: GPUDriver? = nil, memory: HostMemory? = nil,
        processors: HostProcessors, openFiles: Int, places: [Place] = [], environment: [String: String] = [:],
        slurm: String? = nil, cachedModels: Int = 0, packages: [String: String?]? = nil, python: String? = nil
    ) {
        (self.gpus, self.gpuTrouble, self.driver, self.memory) = (gpus, gpuTrouble, driver, memory)
        (self.processors, self.openFiles, self.places, self.environment) = (processors, openFiles, places, environment)
        (self.slurm, self.cachedModels, self.packages, self.python) = (slurm, cachedModels, packages, python)
    }
}

extension MachineReport {
    /// Looks at this machine.
    ///
    /// - Parameter packages: of ``InstallationFacts``.
    static func now(_ environment: [String: String], facts: InstallationFacts?) async -> MachineReport {
        var report = MachineReport(processors: .now(), openFiles: OpenFiles.limit, environment: environment)
        do throws(GPUUnmeasurable) {
            report.gpus = try await GPUProbe(environment: environment).devices()
            report.driver = try await GPUDriver.read(environment: environment)
        } catch {
            report.gpuTrouble = error.description
        }
        report.memory = .now()
        let models = HubCache(environment: environment).folder
        let places: [(Place.Use, String)] = [
            (.work, FileManager.default.currentDirectoryPath), (.cache, CacheFolder.path), (.models, models),
            (.temporary, FileManager.default.temporaryDirectory.path), (.sharedMemory, "/dev/shm"),
        ]
        report.places = places.map { Place($0, at: $1) }
        report.cachedModels = ((try? FileManager.default.contentsOfDirectory(atPath: models)) ?? []).count {
            HubRepository(folder: $0)?.kind == .model
        }
        report.slurm = SearchPath(environment).program("sbatch")
        report.packages = facts?.packages
        report.python = facts?.executable
        return report
    }
}

extension MachineReport.Place {
    /// Looks at a directory, which may be missing.
    init(_ use: Use, at path: String) {
        self.init(use, path, disk: DiskSpace.at(path), isWritable: Self.isWritable(path))
    }

    /// Whether this user can write there, or make the directory.
    private static func isWritable(_ path: String) -> Bool {
        var place = path
        while access(place, F_OK) != 0, place.count > 1 { place = (place as NSString).deletingLastPathComponent }
        return access(place, W_OK) == 0
    }
}
