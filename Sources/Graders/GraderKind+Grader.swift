import JobSpecs
import RunStore

extension GraderKind {
    /// - Parameters:
    ///   - venv: the job's vLLM environment, if it names one; its Python may have math-verify.
    ///   - directory: the run directory, for the ledger and logs of grader processes.
    package func grader(venv: String?, directory: RunDirectory) -> any Grader {
        switch self {
        case .exact: ExactGrader()
        case .mathVerify(let python, let timeout):
            MathVerifyGrader(python: python, venv: venv, limit: .seconds(timeout)) {
                try GraderProcesses(directory)
            }
        case .command(let command): CommandGrader(command: command) { try GraderProcesses(directory) }
        }
    }
}
