import Datasets
import Foundation
import SpecYAML
import Support

/// Loads jobs.
package enum JobLoader {
    /// Reads a spec and all files that it names, and reports all faults in one error.
    ///
    /// Grading and reporting need no models: with `withModels: false` their files are not read, and the job has no information
    /// about them. Data sets with a URL are read from the cache: see ``fetchDatasets(of:into:interruption:retries:observe:)``.
    ///
    /// - Parameters:
    ///   - flags: from ``flags(of:settings:kinds:interruption:willAsk:)``.
    ///   - unfetched: why data sets could not be fetched, to be reported with all other errors.
    package static func load(
        _ url: URL, settings: [String] = [], withModels: Bool = true, cache: DatasetCache = .standard,
        models: SpecLookup = SpecLookup(), kinds: [EngineKind] = EngineKind.all, flags: FlagKnowledge = .notNeeded,
        unfetched: SpecErrors? = nil
    ) throws(SpecErrors) -> LoadedJob {
        let shown = url.relativePath
        let source = try source(of: url)
        let (written, faults) = decode(
            source, settings: settings, directory: directory(of: url), models: models, kinds: kinds)
        let problems = faults + (withModels ? source.withheldValues : []) + (unfetched?.diagnostics ?? [])
        guard let written else { throw SpecErrors(file: shown, diagnostics: problems) }
        var check = JobCheck(
            written, in: directory(of: url), log: DiagnosticLog(source: source), isRelative: !shown.hasPrefix("/"),
            cache: cache, fetch: fetchCommand(shown, settings), isFaulty: problems.contains { $0.severity == .error })
        check.run(withModels: withModels)
        if case .known(let known) = flags { FlagCheck(known: known, log: check.log).check(written.flags) }
        let thinking = check.thinking(withModels: withModels)
        let diagnostics = sorted(problems + check.log.diagnostics) + check.fileDiagnostics
        guard !diagnostics.contains(where: { $0.severity == .error }), let prompt = check.prompt,
            var spec = written.spec(prompt: prompt, thinking: thinking)
        else {
            var errors = SpecErrors(file: shown, diagnostics: diagnostics)
            errors.isAboutStorage = unfetched?.isAboutStorage ?? false
            throw errors
        }
        spec.datasets = spec.datasets.map { check.resolved[$0.name] ?? $0 }
        var job = LoadedJob(
            spec: spec, problems: check.problems, allProblems: check.problems, origins: check.origins,
            models: check.models,
            warnings: diagnostics, file: url, hasStandardLimit: written.hasStandardLimit)
        job.thresholds = written.thresholds
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
        _ source: SourceText, settings: [String] = [], directory: String, models: SpecLookup = SpecLookup(),
        kinds: [EngineKind] = EngineKind.all
    ) -> (job: ParsedJob?, diagnostics: [Diagnostic]) {
        var (document, faults) = YAMLParser.parse(source)
        faults += document?.apply(settings) ?? []
        guard let document else { return (nil, sorted(faults)) }
        let log = DiagnosticLog(source: source)
        let job = ParsedJob(
            SpecField(name: "the job", node: document, log: log), directory: directory, kinds: kinds, lookup: models)
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

    /// The command that fetches the models and data sets of a spec.
    static func fetchCommand(_ file: String, _ settings: [String]) -> String {
        (["rsd-batch", "fetch", file] + settings.flatMap { ["--set", $0] }).map(\.shellWord).joined(separator: " ")
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
