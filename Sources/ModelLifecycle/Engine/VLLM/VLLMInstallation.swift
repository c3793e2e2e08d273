import Foundation
import Support
import Synchronization

/// A vLLM installation on this machine. Searched for once.
package actor VLLMInstallation {
    /// The command that runs vLLM: the words before `serve`.
    struct Command: Sendable, Hashable {
        var executable: String
        var arguments: [String]
        /// nil if only vLLM's own program was found.
        var python: String?
    }

    /// Searched after PATH: where `scripts/setup-vllm` creates its environment.
    static var standardFolder: String { CacheFolder.path + "/vllm" }

    private static let module = ["-m", "vllm.entrypoints.cli.main"]
    private let venv: String?
    /// Where `venv` was set, for messages.
    private let origin: String
    private let environment: [String: String]
    private let standardFolder: String
    private let ownPython: String?
    private var found: Command?
    private var told: VLLMVersion?
    private var known: InstallationFacts?

    private static let named = Mutex<[String?: VLLMInstallation]>([:])

    /// The installation that the job's `venv` names, the same one for all of this process.
    package static func named(_ venv: String?) -> VLLMInstallation {
        named.withLock { named in
            if let known = named[venv] { return known }
            let installation = VLLMInstallation(venv: venv)
            named[venv] = installation
            return installation
        }
    }

    /// - Parameter venv: a virtual environment's directory, or its Python. nil searches `$RSD_BATCH_VLLM`, then the
    ///   environment that this program is installed in, then PATH for `vllm` and for a Python that has it, then the
    ///   environment of `scripts/setup-vllm`.
    package init(venv: String?, setBy origin: String = "`engine.venv` in the job") {
        self.init(
            venv: venv, setBy: origin, environment: ProcessInfo.processInfo.environment,
            standardFolder: Self.standardFolder, program: Program.path)
    }

    init(
        venv: String?, setBy origin: String = "`engine.venv` in the job", environment: [String: String],
        standardFolder: String, program: String? = nil
    ) {
        self.venv = venv
        self.origin = origin
        self.environment = environment
        self.standardFolder = standardFolder
        ownPython = program.flatMap(Self.python(aroundProgram:))
    }

    /// The Python of the environment that a wheel put the program into: `ENV/lib/python3.12/site-packages/rsd_batch/bin`.
    private static func python(aroundProgram path: String) -> String? {
        guard let match = path.firstMatch(of: /(.*)\/lib(?:64)?\/python[^\/]*\/site-packages\/rsd_batch\/bin\/[^\/]+/)
        else {
            return nil
        }
        let python = "\(match.1)/bin/python"
        return SearchPath.isProgram(python) ? python : nil
    }

    /// - Throws: ``EngineError`` with ``EngineError/Code/cannotLaunch`` if there is no vLLM.
    func command(for engine: String) async throws -> Command {
        if let found { return found }
        let command = try await look(for: engine)
        found = command
        return command
    }

    /// The Python of vLLM's environment.
    ///
    /// - Throws: ``EngineError`` if there is none.
    package func python() async throws -> String {
        guard let python = try await command(for: "vllm").python else {
            throw missing("vllm", "the Python of `vllm` on PATH was not found")
        }
        return python
    }

    /// The version of the package, such as `0.32.0+cpu`. Queried once.
    ///
    /// - Throws: ``EngineError`` with ``EngineError/Code/cannotLaunch`` if there is no vLLM, its version cannot be
    ///   read, or it is too old.
    func version() async throws -> VLLMVersion {
        let command = try await command(for: "vllm")
        if told == nil { told = try await ask(command) }
        return try recent(told, found: command)
    }

    /// The version for a start. An unreadable version does not prevent it, since vLLM's own error then says more.
    ///
    /// - Throws: ``EngineError`` if the version is too old.
    func versionToStart() async throws -> VLLMVersion {
        let command = try await command(for: "vllm")
        do {
            if told == nil { told = try await ask(command) }
        } catch  where !(error is CancellationError) {}
        return try recent(told, found: command)
    }

    /// What is installed beside vLLM. Read once.
    ///
    /// - Returns: nil if only vLLM's own program was found, or its Python says nothing usable.
    /// - Throws: ``EngineError`` if there is no vLLM.
    func facts() async throws -> InstallationFacts? {
        if let known { return known }
        guard let python = try await command(for: "vllm").python else { return nil }
        let script = String(decoding: PackageResources.installation_facts_py, as: UTF8.self)
        let output = try await run(python, ["-c", script])
        known = MarkedLine.value(of: InstallationFacts.self, after: "rsd-batch facts: ", in: output.text)
        return known
    }

    /// - Throws: ``EngineError`` if the program cannot be run here.
    private func run(_ program: String, _ arguments: [String]) async throws -> CommandOutput {
        do {
            return try await CommandOutput.run(program, arguments, limit: .seconds(300))
        } catch let error as SpawnError {
            throw EngineError(
                .cannotLaunch, engine: "vllm", error.explanation.summary,
                remedy: "It may be built for another kind of processor: create the environment on this machine "
                    + "(scripts/setup-vllm), and name it in the job (`engine: { venv: DIR }`).")
        }
    }

    private func recent(_ version: VLLMVersion?, found command: Command) throws -> VLLMVersion {
        let version = version ?? VLLMVersion("unknown")
        try version.check(
            for: "vllm",
            remedy:
                "It was found at \(command.executable). Run scripts/setup-vllm to create an environment, and name it in the "
                + "job (`engine: { venv: DIR }`).")
        return version
    }

    private func ask(_ command: Command) async throws -> VLLMVersion {
        let question =
            // On a line of its own: a site's startup code may have printed something without a line break.
            command.python.map { ($0, ["-c", "import importlib.metadata as m; print('\\n' + m.version('vllm'))"]) }
            ?? (command.executable, command.arguments + ["--version"])
        // Importing vLLM can take a minute from a cold file system.
        let output = try await run(question.0, question.1)
        let lines = output.text.withoutTerminalControls.split(whereSeparator: \.isNewline)
        guard output.status == .exited(code: 0), let version = lines.last else {
            throw EngineError(
                .cannotLaunch, engine: "vllm", Self.silence(of: question.0, lastWords: lines.last),
                remedy: "Install vLLM there, name another environment in the job (`engine: { venv: DIR }`), or run "
                    + "scripts/setup-vllm to create one.")
        }
        return VLLMVersion(version.trimmingCharacters(in: .whitespaces))
    }

    /// Why a program did not report vLLM's version.
    private static func silence(of program: String, lastWords: Substring?) -> String {
        if let kinds = VenvFault.foreignProcessor(of: program) {
            return "\(program) is built for \(kinds.program) processors, and this machine has \(kinds.machine)"
        }
        if lastWords?.contains("PackageNotFoundError: No package metadata was found for vllm") == true {
            return "\(program) has no vLLM"
        }
        return "\(program) could not report the version of vLLM, so vLLM is missing there or broken: "
            + (lastWords.map(String.init) ?? "no output")
    }

    // MARK: Search

    private func look(for engine: String) async throws -> Command {
        if let venv {
            guard let command = inVenv(venv) else {
                throw missing(engine, "\(VenvFault.sentence(venv)) (\(origin))")
            }
            return command
        }
        if let named = environment["RSD_BATCH_VLLM"], !named.isEmpty {
            guard let command = inVenv(named) else {
                throw missing(engine, "\(VenvFault.sentence(named)) (RSD_BATCH_VLLM)")
            }
            return command
        }
        if let ownPython, try await hasVLLM(ownPython) {
            return Command(executable: ownPython, arguments: Self.module, python: ownPython)
        }
        let path = SearchPath(environment)
        if let program = path.program("vllm") {
            return Command(executable: program, arguments: [], python: python(of: program))
        }
        for name in ["python3", "python"] {
            guard let python = path.program(name), try await hasVLLM(python) else { continue }
            return Command(executable: python, arguments: Self.module, python: python)
        }
        if let command = inVenv(standardFolder) { return command }
        throw missing(engine, "vLLM was not found")
    }

    /// The Python of a console script: the one next to it, or the one in its first line.
    private func python(of program: String) -> String? {
        let sibling = URL(filePath: program).deletingLastPathComponent().appending(path: "python").path
        if SearchPath.isProgram(sibling) { return sibling }
        return ConsoleScript.python(of: program, on: SearchPath(environment))
    }

    private func inVenv(_ path: String) -> Command? {
        [path + "/bin/python", path].first(where: SearchPath.isProgram).map {
            Command(executable: $0, arguments: Self.module, python: $0)
        }
    }

    private func hasVLLM(_ python: String) async throws -> Bool {
        let question = "import importlib.util, sys; sys.exit(importlib.util.find_spec('vllm') is None)"
        return try await CommandOutput.run(python, ["-c", question]).status == .exited(code: 0)
    }

    private func missing(_ engine: String, _ what: String) -> EngineError {
        EngineError(
            .cannotLaunch, engine: engine,
            what,
            remedy: "Name vLLM's virtual environment in the job (`engine: { venv: DIR }`), put `vllm` on PATH, or run "
                + "scripts/setup-vllm to create an environment.")
    }
}
