import JobSpecs
import RunStore

extension GraderKind {
    /// - Parameters:
    ///   - venv: the job's environment with vLLM, if it names one, which may have the Python.
    ///   - directory: of the run, for what graders that are processes leave.
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
