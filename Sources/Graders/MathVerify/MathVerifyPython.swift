import Foundation
import ModelLifecycle

/// Finds the Python that has math-verify.
enum MathVerifyPython {
    /// The version that `scripts/setup-vllm` installs.
    private static let pinned = "math-verify==0.9.0"

    /// - Parameters:
    ///   - named: a Python or its virtual environment; nil for vLLM's.
    ///   - venv: the job's vLLM environment, if it names one.
    /// - Throws: ``GraderUnavailable``.
    static func find(_ named: String?, venv: String?) async throws -> String {
        if let named {
            for path in [named + "/bin/python", named] where SearchPath.isProgram(path) { return path }
            throw GraderUnavailable(
                "there is no Python in \(named) for math-verify",
                remedy: "Correct the path (grading: { with: math-verify, python: PATH }).")
        }
        do {
            return try await VLLMInstallation.named(venv).python()
        } catch let error as EngineError {
            let cause = error.explanation
            throw GraderUnavailable(
                "math-verify needs a Python, and the job names none: \(cause.summary)",
                remedy: [cause.remedy, "To use another Python, set grading: { with: math-verify, python: PATH }."]
                    .compactMap(\.self).joined(separator: " "))
        }
    }

    /// - Returns: for example `math-verify 0.9.0 (Python 3.11)`.
    /// - Throws: ``GraderUnavailable`` if it cannot be imported.
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
                "\(python) cannot import math-verify: \(lines.last.map(String.init) ?? "no output")",
                remedy:
                    "Install it with `\(python) -m pip install \(pinned)` (scripts/setup-vllm installs it with vLLM), or "
                    + "name another Python: grading: { with: math-verify, python: PATH }.")
        }
        return String(last)
    }
}
