import Foundation
import JobSpecs
import ModelLifecycle

/// Whether jobs can run on this machine, and what to do about what is not as it should be.
package enum Doctor {
    /// - Parameter venv: see ``EngineSpec/venv``.
    package static func examine(
        venv: String?, environment: [String: String] = ProcessInfo.processInfo.environment
    ) async -> [MachineFinding] {
        let dialect = VLLMDialect(installation: VLLMInstallation(venv: venv, setBy: "--venv"))
        let facts = try? await dialect.facts()
        let engine: [MachineFinding]
        do {
            let start = try await dialect.warmStarts()
            engine = try await dialect.findings(environment: environment) + [start]
        } catch {
            engine = [MachineFinding(error, "vLLM")]
        }
        return engine + (await MachineReport.now(environment, facts: facts)).findings
    }
}
