import Foundation
import ModelLifecycle

/// Finds a Python with a module.
package struct PythonSearch: Sendable {
    private let environment: [String: String]
    private let vllm: VLLMInstallation

    /// - Parameter venv: the job's vLLM environment, if it names one.
    package init(venv: String?, environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.init(environment: environment, vllm: .named(venv))
    }

    init(environment: [String: String], vllm: VLLMInstallation) {
        self.environment = environment
        self.vllm = vllm
    }

    package struct Found: Sendable, Equatable {
        /// Absolute path of the Python.
        package var python: String
        /// The version of the module's package; empty if it has none.
        package var version: String
    }

    /// The first Python that has the module: vLLM's, then `python3` and `python` on PATH, then those of the programs on PATH.
    ///
    /// - Parameters:
    ///   - module: `huggingface_hub`; its package has the same name but for `-` and `_`.
    ///   - programs: programs on PATH that come with the module, such as `hf`.
    /// - Throws: ``SpawnError``; `CancellationError`.
    package func first(with module: String, behind programs: [String] = []) async throws -> Found? {
        var asked: Set<String> = []
        if let python = try await vllmPython(), asked.insert(python).inserted,
            let found = try await ask(python, for: module)
        {
            return found
        }
        let path = SearchPath(environment)
        let pythons = ["python3", "python"].compactMap(path.program)
        for python in pythons + programs.compactMap(path.program).flatMap({ pythonsBehind($0, on: path) }) {
            guard asked.insert(python).inserted, let found = try await ask(python, for: module) else { continue }
            return found
        }
        return nil
    }

    /// nil if there is no vLLM, or it does not say which Python it has.
    private func vllmPython() async throws -> String? {
        do {
            return try await vllm.python()
        } catch is EngineError {
            return nil
        }
    }

    private func pythonsBehind(_ program: String, on path: SearchPath) -> [String] {
        // The link may be in a folder of links to many environments.
        let real = URL(filePath: program).resolvingSymlinksInPath()
        let sibling = real.deletingLastPathComponent().appending(path: "python").path
        return [ConsoleScript.python(of: real.path, on: path), SearchPath.isProgram(sibling) ? sibling : nil]
            .compactMap(\.self)
    }

    private func ask(_ python: String, for module: String) async throws -> Found? {
        let question = """
            \(PythonScript.ownPath)
            import importlib.metadata, importlib.util
            if importlib.util.find_spec("\(module)") is None: sys.exit(1)
            try: version = importlib.metadata.version("\(module)")
            except importlib.metadata.PackageNotFoundError: version = ""
            print("\\n" + version)
            """
        let output = try await CommandOutput.run(
            python, ["-c", question], environment: environment, limit: .seconds(60))
        guard output.status == .exited(code: 0) else { return nil }
        let version = output.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().last ?? ""
        return Found(python: python, version: version.trimmingCharacters(in: .whitespaces))
    }
}
