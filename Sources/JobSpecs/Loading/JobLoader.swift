import Checkpoints
import Datasets
import Decoding
import Foundation
import OrderedCollections
import SpecYAML
import Support

/// Loads jobs.
package enum JobLoader {
    /// Reads a spec and all files that it names, and reports all faults in one error.
    ///
    /// Grading and reporting need no models: with `withModels: false` their files are not read, and the job has no information
    /// about them. Data sets with a URL are read from the cache: see ``fetchDatasets(of:into:interruption:retries:observe:)``.
    ///
    /// - Parameter flags: from ``flags(of:settings:kinds:interruption:willAsk:)``.
    package static func load(
        _ url: URL, settings: [String] = [], withModels: Bool = true, cache: DatasetCache = .standard,
        kinds: [EngineKind] = EngineKind.all, flags: FlagKnowledge = .notNeeded
    ) throws(SpecErrors) -> LoadedJob {
        let shown = url.relativePath
        let source = try source(of: url)
        let (written, faults) = decode(source, settings: settings, directory: directory(of: url), kinds: kinds)
        let problems = faults + (withModels ? source.withheldValues : [])
        guard let written else { throw SpecErrors(file: shown, diagnostics: problems) }
        var check = JobCheck(
            written: written, log: DiagnosticLog(source: source), isRelative: !shown.hasPrefix("/"),
            cache: cache, isFaulty: problems.contains { $0.severity == .error })
        check.run(withModels: withModels)
        if case .known(let known) = flags { FlagCheck(known: known, log: check.log).check(written.flags) }
        let thinking = check.thinking(withModels: withModels)
        let diagnostics = sorted(problems + check.log.diagnostics) + check.fileDiagnostics
        guard !diagnostics.contains(where: { $0.severity == .error }), let prompt = check.prompt,
            var spec = written.spec(prompt: prompt, thinking: thinking)
        else { throw SpecErrors(file: shown, diagnostics: diagnostics) }
        for place in spec.datasets.indices {
            if let sum = check.pins[spec.datasets[place].name] { spec.datasets[place].sha256 = sum }
        }
        var job = LoadedJob(
            spec: spec, problems: check.problems, allProblems: check.problems, origins: check.origins,
            models: check.models,
            warnings: diagnostics, file: url, hasStandardLimit: written.hasStandardLimit)
        if case .unknown(let reason) = flags { job.uncheckedFlags = reason }
        if job.hasStandardLimit {
            job.spec.decoding.tokens = job.rules.standardLimit(context: job.longestContext)
        }
        job.recognisesThinking = written.thinking == nil && thinking != nil
        if withModels { job.warnings += job.thinkingWarnings.map { Diagnostic(.warning, file: shown, message: $0) } }
        return job
    }

    /// Decodes a spec without reading the files that it names; nil if it is not a mapping.
    ///
    /// - Parameter settings: values from the command line, such as `decoding.max_tokens=4096`, in place of the spec's.
    package static func decode(
        _ source: SourceText, settings: [String] = [], directory: String, kinds: [EngineKind] = EngineKind.all
    ) -> (job: ParsedJob?, diagnostics: [Diagnostic]) {
        var (document, faults) = YAMLParser.parse(source)
        faults += document?.apply(settings) ?? []
        guard let document else { return (nil, sorted(faults)) }
        let log = DiagnosticLog(source: source)
        let job = ParsedJob(SpecField(name: "the job", node: document, log: log), directory: directory, kinds: kinds)
        return (job, sorted(faults + log.diagnostics))
    }

    /// Whether a spec is valid, regardless of the files that it names.
    package static func isReadable(_ url: URL) -> Bool {
        guard let source = try? source(of: url) else { return false }
        let (job, diagnostics) = decode(source, directory: directory(of: url))
        return job != nil && !diagnostics.contains { $0.severity == .error }
    }

    package static func source(of url: URL) throws(SpecErrors) -> SourceText {
        let shown = url.relativePath
        let path = url.absoluteURL.path(percentEncoded: false)
        do throws(Diagnostic) {
            let data: Data
            do throws(Unreadable) {
                data = try TextFile.contents(of: path)
            } catch {
                throw Diagnostic(file: shown, message: error.message)
            }
            return try SourceText(file: shown, utf8: data)
        } catch {
            throw SpecErrors(file: shown, diagnostics: [error])
        }
    }

    /// The base directory of relative paths in the spec.
    package static func directory(of url: URL) -> String {
        url.absoluteURL.standardizedFileURL.deletingLastPathComponent().path(percentEncoded: false)
    }

    /// Maximum number of messages about a spec; the rest are only counted.
    private static let mostMessages = 50

    private static func sorted(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
        let sorted = diagnostics.enumerated().sorted { one, other in
            (one.element.line ?? .max, one.element.column ?? .max, one.offset)
                < (other.element.line ?? .max, other.element.column ?? .max, other.offset)
        }.map(\.element)
        let rest = sorted.dropFirst(mostMessages)
        guard rest.count > 1, let last = rest.last else { return sorted }
        let severity: Diagnostic.Severity = rest.contains { $0.severity == .error } ? .error : .warning
        let count = rest.reduce(0) { $0 + $1.count }
        return sorted.prefix(mostMessages) + [
            Diagnostic(severity, file: last.file, message: "and \(count) more", count: count)
        ]
    }
}

/// Checks a decoded spec against the files that it names.
private struct JobCheck {
    let written: ParsedJob
    let log: DiagnosticLog
    /// Whether the spec's path was given relative to the working directory, so that other paths are shown so too.
    let isRelative: Bool
    let cache: DatasetCache
    /// Whether the spec already has faults, so that no data set was fetched.
    let isFaulty: Bool

    var prompt: PromptSpec?
    var models: [Role: ModelFiles] = [:]
    var problems: OrderedDictionary<String, [Problem]> = [:]
    /// By data set.
    var origins: [String: DatasetOrigin] = [:]
    /// The checksums of data sets whose spec has none, though they are remote.
    var pins: [String: String] = [:]
    /// Diagnostics of prompts, chat templates and data sets.
    var fileDiagnostics: [Diagnostic] = []

    init(written: ParsedJob, log: DiagnosticLog, isRelative: Bool, cache: DatasetCache, isFaulty: Bool) {
        self.written = written
        self.log = log
        self.isRelative = isRelative
        self.cache = cache
        self.isFaulty = isFaulty
    }

    mutating func run(withModels: Bool) {
        checkPrompt()
        if withModels { checkModels() }
        for dataset in written.datasets {
            read(dataset)
            if isTooMuch(dataset) { break }
        }
    }

    /// How the generators think. Without their files, only what the spec says is known: a run's own copy says it all.
    func thinking(withModels: Bool) -> ThinkingSpec? {
        guard let prompt, withModels || written.thinking != nil else { return nil }
        return ThinkingCheck(written, prompt: prompt, files: models, log: log).run()
    }

    /// Maximum number of solutions of a run, including those that methods choose from: all are held in memory.
    private static let mostSolutions = 4_000_000

    /// Whether this data set makes the job too large. If so, reports it, and no more data sets are read.
    private func isTooMuch(_ dataset: WrittenDataset) -> Bool {
        let (count, seeds) = (problems.values.reduce(0) { $0 + $1.count }, written.seeds.count)
        let breadth = written.methods.reduce(0.0) { $0 + Double($1.kind.settings.breadth) }
        let solutions = Double(count) * Double(seeds) * breadth
        guard solutions > Double(Self.mostSolutions) else { return false }
        let parts = [(count, "problem"), (seeds, "seed"), (written.methods.count, "method")].map { counted($0, $1) }
        log.error(
            at: dataset.pathMark,
            "\(parts[0]), \(parts[1]) and \(parts[2]) make \(solutions.plain) solutions; the limit for a run is \(Self.mostSolutions)"
        )
        return true
    }

    private mutating func checkPrompt() {
        switch written.prompt.value {
        case .template(let template): prompt = .template(template)
        case .chat(let chat): prompt = .chat(chat)
        case .file(let path):
            guard let text = text(of: path) else { return }
            if let fault = PromptTemplate.fault(in: text) {
                return log.error(at: written.prompt.mark, "in \(path), \(fault)")
            }
            if text.contains(/\\n(?![a-z])/) {
                log.warning(
                    at: written.prompt.mark, #"\#(path) contains '\n' as two characters, not as a line break"#)
            }
            if let found = ControlCharacter(in: text) {
                fileDiagnostics.append(
                    Diagnostic(
                        .warning, file: shown(path), line: found.line, message: "the prompt contains \(found.words)"))
            }
            prompt = .template(PromptTemplate(name: URL(filePath: path).lastPathComponent, text: text))
        }
    }

    /// The text of a prompt file; nil after reporting a fault.
    private mutating func text(of path: String) -> String? {
        do {
            return try TextFile(file: shown(path), TextFile.contents(of: path)).text()
        } catch let error as Diagnostic {
            fileDiagnostics.append(error)
        } catch {
            log.error(at: written.prompt.mark, (error as? Unreadable)?.message ?? "\(error)")
        }
        return nil
    }

    /// Checks models; one that no method needs may be missing.
    private mutating func checkModels() {
        let needed = Set(written.methods.flatMap { $0.kind.roles.flatMap(\.models) })
        for role in Role.named {
            guard let model = written.models[role] else { continue }
            do throws(ModelFilesError) {
                var files = try ModelFiles(directory: model.value.model)
                if let count = model.value.parameters { files.size = .given(count, for: role) }
                if needed.contains(role) {
                    models[role] = files
                    checkChatTemplate(of: role, files)
                    try model.value.checkProfile(with: files)
                    try checkNeeds(of: role, files)
                    if let fault = files.size.fault(of: role) { log.warning(at: model.mark, fault) }
                }
            } catch {
                if needed.contains(role) || written.methods.isEmpty {
                    log.error(at: model.mark, error.description)
                } else {
                    log.warning(at: model.mark, "\(error.description) (no method needs it)")
                }
            }
        }
    }

    /// Checks the needs of an engine, if this program starts it and the model provides its tokenizer.
    private func checkNeeds(of role: Role, _ files: ModelFiles) throws(ModelFilesError) {
        let leaders = written.methods.flatMap { $0.kind.roles.map { $0.models[0] } }
        guard let engine = written.engine, engine.residency != .attach, leaders.contains(role),
            let model = written.models[role]?.value
        else { return }
        try EngineNeeds(kind: engine.kind, role: role, flags: engine.args(for: model)).check(files, in: model.model)
    }

    private mutating func checkChatTemplate(of role: Role, _ files: ModelFiles) {
        guard case .chat = prompt, let model = written.models[role], let engine = written.engine else { return }
        let arguments = engine.args(for: model.value)
        let flags = arguments.map(\.flag)
        if engine.residency != .attach {
            for argument in arguments where argument.flag == "chat-template" { checkTemplateFile(argument.value ?? "") }
        }
        guard let template = files.chatTemplate else {
            // A server that others run may have one, and a PRM does not need one.
            guard role != .prm, engine.kind.rendersChat, engine.residency != .attach, !flags.contains("chat-template")
            else { return }
            return log.error(
                at: model.mark,
                "\(model.value.model) has no chat template, neither in chat_template.jinja nor in tokenizer_config.json; "
                    + "for 'prompt: chat', set one with args: { chat-template: FILE }, or use another prompt"
            )
        }
        if template.unicodeScalars.first == "\u{FEFF}", !flags.contains("chat-template") {
            log.error(at: model.mark, "the chat template in \(model.value.model) \(Self.markInTemplate)")
        }
        if template.contains("strftime_now"), flags.allSatisfy({ !EngineArgument.chatFlags.contains($0) }) {
            log.warning(
                at: model.mark,
                "the chat template in \(model.value.model) can insert today's date, which would change the prompts of a run "
                    + "resumed on another day; fix the date with args: { default-chat-template-kwargs: … }")
        }
    }

    private static let markInTemplate =
        "begins with a byte order mark, which would be in every prompt; save it as UTF-8 without one"

    /// Checks a chat template's file. vLLM reads it as Python reads text, so other line breaks do no harm, but a byte order mark does.
    private mutating func checkTemplateFile(_ path: String) {
        // Otherwise it is the template's text, or the name of one of vLLM's.
        guard let data = try? TextFile.contents(of: path) else { return }
        do throws(Diagnostic) {
            let file = try TextFile(file: shown(path), data)
            if file.bytes.count != data.count {
                throw Diagnostic(file: file.file, message: "the chat template \(Self.markInTemplate)")
            }
            _ = try file.text()
        } catch {
            if !fileDiagnostics.contains(error) { fileDiagnostics.append(error) }
        }
    }

    private mutating func read(_ dataset: WrittenDataset) {
        var spec = dataset.spec
        let contents: DatasetStore.Contents
        do throws(Unreadable) {
            contents = try DatasetStore(cache: cache).contents(of: spec)
        } catch {
            let isLocal = !spec.isRemote && spec.resolvedFormat != .parquet
            if isLocal || !isFaulty { log.error(at: dataset.pathMark, error.message) }
            return
        }
        origins[spec.name] = contents.origin
        note(contents, of: dataset)
        spec.format = contents.format
        var reader = DatasetReader(spec, showing: spec.isRemote ? spec.path : shown(spec.path))
        reader.read(contents.data)
        problems[spec.name] = reader.problems
        fileDiagnostics += reader.diagnostics
        guard !reader.diagnostics.contains(where: { $0.severity == .error }) else { return }
        let after = spec.start > 0 ? " after the first \(spec.start)" : ""
        if reader.problems.isEmpty {
            log.error(
                at: dataset.startMark,
                "no problem remains\(after): the data set has only \(counted(reader.records, "problem"))")
        } else if let limit = spec.limit, reader.problems.count < limit {
            log.warning(
                at: dataset.limitMark,
                "the limit is \(limit), and the data set has only \(counted(reader.problems.count, "problem"))\(after)"
            )
        }
    }

    /// Warns about an address without a checksum, which is pinned from here on, and about columns that cannot be read.
    private mutating func note(_ contents: DatasetStore.Contents, of dataset: WrittenDataset) {
        let spec = dataset.spec
        if !contents.leftOut.isEmpty {
            let columns = contents.leftOut.map { "'\($0)'" }.joined(separator: ", ")
            log.warning(at: dataset.pathMark, "\(spec.path) has binary data in \(columns), which was left out")
        }
        guard spec.isRemote, spec.sha256 == nil, let sum = contents.origin.sha256 else { return }
        pins[spec.name] = sum
        log.warning(
            at: dataset.pathMark,
            "the file at this address may change; to always use this one, add `sha256: \(YAMLWriter.text(sum))` to the data set, "
                + "or run `rsd-batch validate --pin` on this job")
    }

    private func shown(_ path: String) -> String {
        let here = FileManager.default.currentDirectoryPath + "/"
        return isRelative && path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
    }
}
