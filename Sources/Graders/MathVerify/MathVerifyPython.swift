import Foundation
import ModelLifecycle

/// Which Python has math-verify.
enum MathVerifyPython {
    /// The version that `scripts/setup-vllm` installs.
    private static let pinned = "math-verify==0.9.0"

    /// - Parameters:
    ///   - named: a Python or its virtual environment; nil for the one with vLLM.
    ///   - venv: the job's environment with vLLM, if it names one.
    /// - Throws: ``GraderUnavailable``.
    static func find(_ named: String?, venv: String?) async throws -> String {
        if let named {
            for path in [named + "/bin/python", named] where SearchPath.isProgram(path) { return path }
            throw GraderUnavailable("math-verify cannot be used: there is no Python in \(named)")
        }
        do {
            return try await VLLMInstallation(venv: venv).python()
        } catch let error as EngineError {
            throw GraderUnavailable(
                "math-verify needs a Python, and the job names none (grading: { with: math-verify, python: PATH }): \(error)"
            )
        }
    }

    /// - Returns: such as `math-verify 0.9.0 (Python 3.11)`.
    /// - Throws: ``GraderUnavailable`` where it cannot be imported.
    static func version(of python: String) async throws -> String {
        let question = """
            import importlib.metadata, sys, math_verify
            print("math-verify", importlib.metadata.version("math-verify"), "(Python %d.%d)" % sys.version_info[:2])
            """
        let output: CommandOutput
        do {
            output = try await CommandOutput.run(python, ["-c", question], limit: .seconds(120))
        } catch let error as SpawnError {
            throw GraderUnavailable("math-verify cannot be used: \(error)")
        }
        let lines = output.text.split(whereSeparator: \.isNewline)
        guard output.status == .exited(code: 0), let last = lines.last else {
            throw GraderUnavailable(
                "\(python) cannot import math-verify: \(lines.last.map(String.init) ?? "it said nothing"). "
                    + "scripts/setup-vllm installs it beside vLLM; `\(python) -m pip install \(pinned)` does here; or name "
                    + "another Python (grading: { with: math-verify, python: PATH })")
        }
        return String(last)
    }
}
