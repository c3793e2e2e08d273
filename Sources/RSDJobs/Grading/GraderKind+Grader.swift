extension GraderKind {
    /// - Parameters:
    ///   - engine: the job's, whose vLLM may have the Python.
    ///   - directory: of the run, for what graders that are processes leave.
    func grader(engine: EngineSpec, directory: RunDirectory) -> any Grader {
        switch self {
        case .exact: ExactGrader()
        case .mathVerify(let python, let timeout):
            MathVerifyGrader(python: python, venv: engine.venv, limit: .seconds(timeout)) {
                try GraderProcesses(directory)
            }
        case .command(let command): CommandGrader(command: command) { try GraderProcesses(directory) }
        }
    }
}
