import Foundation

extension VLLMDialect {
    package func findings(environment: [String: String]) async throws -> [MachineFinding] {
        let command = try await installation.command(for: kind)
        guard let facts = try await installation.facts(), facts.vllm != nil else {
            // Only vLLM's own program was found, or its Python cannot say more.
            let version = try await installation.version()
            let text = "vLLM \(version) at \(command.executable)"
            guard let caution = version.caution else { return [MachineFinding(.fine, "vLLM", text)] }
            return [MachineFinding(.warning, "vLLM", text, remedy: caution + ".")]
        }
        var findings = VLLMFindings(facts: facts, place: command.python ?? command.executable, environment: environment)
        findings.devices = try? await GPUProbe(environment: environment).devices()
        findings.driver = try? await GPUDriver.read(environment: environment)
        findings.hasOtherGPU = Self.otherGPU.contains(where: FileManager.default.fileExists)
        return findings.all
    }

    package func findings(of plugin: EnginePlugin) async throws -> [MachineFinding] {
        guard let base = plugin.base, let facts = try await installation.facts(), let folder = facts.folder else {
            return []
        }
        let isThere = FileManager.default.fileExists(atPath: "\(folder)/\(base)")
        return [
            isThere
                ? MachineFinding(.fine, "plugins", "rsd-batch's plugin \(plugin.name) fits this vLLM")
                : MachineFinding(
                    .error, "plugins",
                    "rsd-batch's plugin \(plugin.name) builds on \(base), which vLLM \(facts.vllm ?? "") does not have",
                    remedy: "Use one of the tested versions of vLLM.")
        ]
    }

    /// - Returns: nil if its Python does not tell.
    /// - Throws: ``EngineError`` if there is no vLLM.
    package func facts() async throws -> InstallationFacts? { try await installation.facts() }

    /// Whether engines are forked from a process that has imported vLLM.
    ///
    /// - Throws: ``EngineError`` if there is no vLLM.
    package func warmStarts() async throws -> MachineFinding {
        switch try await installation.version().trustInForks(isWanted: false) {
        case .proven:
            MachineFinding(.fine, "vLLM", "warm starts: engines are forked from a process that has imported vLLM")
        case .unproven:
            MachineFinding(.note, "vLLM", "warm starts: each engine's first start is cold, later ones are forked")
        case .refused(let reason): MachineFinding(.note, "vLLM", "no warm starts: \(reason)")
        }
    }

    /// Files of GPUs that NVML may not know: Jetson boards, and Windows' own driver in WSL.
    private static let otherGPU = ["/etc/nv_tegra_release", "/dev/nvhost-gpu", "/dev/dxg"]
}
