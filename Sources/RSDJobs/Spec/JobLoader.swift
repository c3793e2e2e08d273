import Foundation
import OrderedCollections

/// A job that is fit to run: everything it names was found and checked.
public struct LoadedJob: Sendable {
    public var spec: JobSpec
    /// Each data set's problems that are to be worked on, by its name in the spec's order.
    public var problems: OrderedDictionary<String, [Problem]>
    /// All that the spec selects, whichever shard they are in: what the job is known by.
    public let allProblems: OrderedDictionary<String, [Problem]>
    /// The part of the problems that are to be worked on; nil for all.
    public internal(set) var shard: Shard?
    /// What is known of the files of each model that a method needs.
    public var models: [Role: ModelFiles]
    public var warnings: [Diagnostic]
    /// The spec file.
    public var file: URL

    /// One for each method, problem and seed.
    public var trajectoryCount: Int {
        problems.values.reduce(0) { $0 + $1.count } * spec.methods.count * spec.seeds.count
    }
}

/// Loads jobs.
public enum JobLoader {
    /// Reads a spec and all that it names, and reports everything that is wrong in one error.
    ///
    /// Grading and reporting need no models: with `withModels: false` their files are not looked at, and the job
    /// says nothing of them.
    /// Data sets with an address are taken from the cache: see ``fetchDatasets(of:into:interruption:retries:observe:)``.
    public static func load(
        _ url: URL, withModels: Bool = true, cache: DatasetCache = .standard
    ) throws(SpecErrors) -> LoadedJob {
        let shown = url.relativePath
        let source = try source(of: url)
        let (written, faults) = decode(source, directory: directory(of: url))
        let problems = faults + (withModels ? source.withheldValues : [])
        guard let written else { throw SpecErrors(file: shown, diagnostics: problems) }
        var check = JobCheck(
            written: written, log: DiagnosticLog(source: source), isRelative: !shown.hasPrefix("/"),
            cache: cache, isFaulty: problems.contains { $0.severity == .error })
        check.run(withModels: withModels)
        let diagnostics = sorted(problems + check.log.diagnostics) + check.datasetDiagnostics
        guard !diagnostics.contains(where: { $0.severity == .error }), let prompt = check.prompt,
            let spec = written.spec(prompt: prompt)
        else { throw SpecErrors(file: shown, diagnostics: diagnostics) }
        return LoadedJob(
            spec: spec, problems: check.problems, allProblems: check.problems, models: check.models,
            warnings: diagnostics,
            file: url)
    }

    /// Decodes a spec without looking at the files it names; nil when it is not a mapping.
    static func decode(_ source: SourceText, directory: String) -> (
        job: WrittenJob?, diagnostics: [Diagnostic]
    ) {
        let (document, faults) = YAMLParser.parse(source)
        guard let document else { return (nil, sorted(faults)) }
        let log = DiagnosticLog(source: source)
        let job = WrittenJob(SpecField(name: "the job", node: document, log: log), directory: directory)
        return (job, sorted(faults + log.diagnostics))
    }

    /// Whether a spec is one by itself, whatever has become of the files that it names.
    static func isReadable(_ url: URL) -> Bool {
        guard let source = try? source(of: url) else { return false }
        let (job, diagnostics) = decode(source, directory: directory(of: url))
        return job != nil && !diagnostics.contains { $0.severity == .error }
    }

    static func source(of url: URL) throws(SpecErrors) -> SourceText {
        let shown = url.relativePath
        let path = url.absoluteURL.path(percentEncoded: false)
        do throws(Diagnostic) {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw Diagnostic(file: shown, message: unreadable(path))
            }
            return try SourceText(file: shown, utf8: data)
        } catch {
            throw SpecErrors(file: shown, diagnostics: [error])
        }
    }

    /// Where the spec's relative paths begin.
    static func directory(of url: URL) -> String {
        url.absoluteURL.standardizedFileURL.deletingLastPathComponent().path(percentEncoded: false)
    }

    /// Why a file could not be read.
    static func unreadable(_ path: String) -> String {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            return "there is no file \(path)"
        }
        return isDirectory.boolValue ? "\(path) is a directory, not a file" : "\(path) cannot be read"
    }

    private static func sorted(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
        diagnostics.enumerated().sorted { one, other in
            (one.element.line ?? 0, one.element.column ?? 0, one.offset)
                < (other.element.line ?? 0, other.element.column ?? 0, other.offset)
        }.map(\.element)
    }
}

/// Holds a decoded spec against the files it names.
private struct JobCheck {
    let written: WrittenJob
    let log: DiagnosticLog
    /// Whether the spec's path was given from the working directory, so that other paths are shown so too.
    let isRelative: Bool
    let cache: DatasetCache
    /// Whether the spec has faults already, for which nothing was fetched.
    let isFaulty: Bool

    var prompt: PromptSpec?
    var models: [Role: ModelFiles] = [:]
    var problems: OrderedDictionary<String, [Problem]> = [:]
    var datasetDiagnostics: [Diagnostic] = []

    init(written: WrittenJob, log: DiagnosticLog, isRelative: Bool, cache: DatasetCache, isFaulty: Bool) {
        self.written = written
        self.log = log
        self.isRelative = isRelative
        self.cache = cache
        self.isFaulty = isFaulty
    }

    mutating func run(withModels: Bool) {
        checkPrompt()
        if withModels { checkModels() }
        for dataset in written.datasets { read(dataset) }
    }

    private mutating func checkPrompt() {
        switch written.prompt.value {
        case .template(let template): prompt = .template(template)
        case .chat(let chat): prompt = .chat(chat)
        case .file(let path):
            guard let data = FileManager.default.contents(atPath: path) else {
                return log.error(at: written.prompt.mark, JobLoader.unreadable(path))
            }
            guard let text = String(validating: data, as: UTF8.self) else {
                return log.error(at: written.prompt.mark, "\(path) is not UTF-8")
            }
            if let fault = PromptTemplate.fault(in: text) {
                return log.error(at: written.prompt.mark, "in \(path), \(fault)")
            }
            if text.contains(/\\n(?![a-z])/) {
                log.warning(
                    at: written.prompt.mark, #"\#(path) holds '\n' as two characters, not as a line break"#)
            }
            prompt = .template(PromptTemplate(name: URL(filePath: path).lastPathComponent, text: text))
        }
    }

    /// A model that no method needs may be missing.
    private mutating func checkModels() {
        let needed = Set(written.methods.flatMap { $0.kind.roles.flatMap(\.models) })
        for role in Role.named {
            guard let model = written.models[role] else { continue }
            do throws(ModelFilesError) {
                let files = try ModelFiles(directory: model.value.model)
                if needed.contains(role) {
                    models[role] = files
                    checkChatTemplate(of: role, files)
                    try model.value.checkProfile(with: files)
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

    private func checkChatTemplate(of role: Role, _ files: ModelFiles) {
        guard case .chat = prompt, let model = written.models[role], let engine = written.engine else { return }
        let flags = engine.args(for: model.value).map(\.flag)
        guard let template = files.chatTemplate else {
            // Somebody else's server may have been given one, and a PRM can do without.
            guard role != .prm, engine.kind == .vllm, engine.residency != .attach, !flags.contains("chat-template")
            else { return }
            return log.error(
                at: model.mark,
                "\(model.value.model) has no chat template, neither in chat_template.jinja nor in tokenizer_config.json; "
                    + "with 'prompt: chat' give it one by args: { chat-template: FILE }, or choose a named or written prompt"
            )
        }
        if template.contains("strftime_now"), flags.allSatisfy({ !EngineArgument.chatFlags.contains($0) }) {
            log.warning(
                at: model.mark,
                "the chat template in \(model.value.model) can write today's date, and a run resumed on another day would "
                    + "go on with other prompts; fix the date with args: { default-chat-template-kwargs: … }")
        }
    }

    private mutating func read(_ dataset: WrittenDataset) {
        let spec = dataset.spec
        let data: Data
        do throws(DatasetUnavailable) {
            data = try spec.contents(cache: cache)
        } catch {
            if !spec.isRemote || !isFaulty { log.error(at: dataset.pathMark, error.message) }
            return
        }
        var reader = DatasetReader(spec, showing: spec.isRemote ? spec.path : shown(spec.path))
        reader.read(data)
        problems[spec.name] = reader.problems
        datasetDiagnostics += reader.diagnostics
        guard reader.diagnostics.isEmpty else { return }
        let after = spec.start > 0 ? " after the first \(spec.start)" : ""
        if reader.problems.isEmpty {
            log.error(
                at: dataset.startMark,
                "no problem is left\(after): the data set has only \(counted(reader.records, "problem"))")
        } else if let limit = spec.limit, reader.problems.count < limit {
            log.warning(
                at: dataset.limitMark,
                "the limit is \(limit), and the data set has only \(counted(reader.problems.count, "problem"))\(after)"
            )
        }
    }

    private func shown(_ path: String) -> String {
        let here = FileManager.default.currentDirectoryPath + "/"
        return isRelative && path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
    }
}
