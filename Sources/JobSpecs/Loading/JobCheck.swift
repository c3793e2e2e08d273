import Checkpoints
import Datasets
import Decoding
import Foundation
import OrderedCollections
import SpecYAML
import Support

/// Checks a decoded spec against the files that it names.
struct JobCheck {
    let written: ParsedJob
    /// Where relative paths of the spec start.
    let directory: String
    let log: DiagnosticLog
    /// Whether the spec's path was given relative to the working directory, so that other paths are shown so too.
    let isRelative: Bool
    let cache: DatasetCache
    /// The command that fetches models.
    let fetch: String
    /// Whether the spec already has faults, so that no data set was fetched.
    let isFaulty: Bool

    var prompt: PromptSpec?
    var models: [Role: ModelFiles] = [:]
    var problems: OrderedDictionary<String, [Problem]> = [:]
    /// By data set.
    var origins: [String: DatasetOrigin] = [:]
    /// The data sets with what the spec leaves open.
    var resolved: [String: DatasetSpec] = [:]
    /// Diagnostics of prompts, chat templates and data sets.
    var fileDiagnostics: [Diagnostic] = []

    init(
        _ written: ParsedJob, in directory: String, log: DiagnosticLog, isRelative: Bool, cache: DatasetCache,
        fetch: String, isFaulty: Bool
    ) {
        self.written = written
        self.directory = directory
        self.log = log
        self.isRelative = isRelative
        self.cache = cache
        self.fetch = fetch
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
        let count = problems.values.reduce(0) { $0 + $1.count }
        let samples = written.methods.map(written.samples)
        let solutions = zip(written.methods, samples).reduce(0.0) { sum, method in
            sum + Double(count) * Double(method.0.kind.settings.breadth) * Double(method.1)
        }
        guard solutions > Double(Self.mostSolutions) else { return false }
        let (fewest, most) = (samples.min() ?? 1, samples.max() ?? 1)
        let each = (fewest < most ? "\(fewest) to " : "") + counted(most, "sample")
        log.error(
            at: dataset.pathMark,
            "\(counted(count, "problem")) and \(counted(samples.count, "method")), with \(each), make \(solutions.plain) solutions; the limit for a run is \(Self.mostSolutions)"
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

    func shown(_ path: String) -> String {
        let here = FileManager.default.currentDirectoryPath + "/"
        return isRelative && path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
    }
}
