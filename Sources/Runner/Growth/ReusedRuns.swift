import Foundation
import JobSpecs
import RunStore
import Support

/// Finds runs whose responses another run takes over, and reads them.
struct ReusedRuns {
    /// A run, or one shard of it.
    struct Found {
        var directory: RunDirectory
        var manifest: Manifest
        var contents: JournalContents
    }

    private(set) var found: [Found] = []
    /// Directories that could not be read, and why. A run that was named itself is an error instead.
    private(set) var skipped: [(directory: String, reason: String)] = []

    /// - Parameters:
    ///   - paths: run directories, or folders with run directories below.
    ///   - own: the directory of the run that takes the responses.
    /// - Throws: ``NothingToReuse``; the error of a run that was named itself.
    init(_ paths: [URL], besides own: RunDirectory) throws {
        var seen: Set<String> = [Self.place(own.url)]
        for path in paths {
            let (directories, isNamed) = try Self.directories(path)
            for directory in directories where seen.insert(Self.place(directory.url)).inserted {
                do {
                    let manifest = try Manifest.ofRun(in: directory)
                    let contents = try JournalReader.read(directory.journal)
                    try manifest.check(contents, in: directory)
                    found.append(Found(directory: directory, manifest: manifest, contents: contents))
                } catch let error as any ProgramError where !isNamed {
                    skipped.append((directory.url.path, error.explanation.summary))
                }
            }
        }
    }

    /// Adds the responses of each run.
    ///
    /// - Parameters:
    ///   - records: of the run that takes them; runs that it names already keep their numbers.
    /// - Returns: the runs that it does not name yet.
    mutating func add(to responses: inout ResponseCache, after records: [JournalRecord]) throws -> [AnswerSource] {
        var sources = records.compactMap { record in
            if case .source(let source) = record { source } else { nil }
        }
        let known = sources.count
        for run in found {
            let source =
                sources.first { $0.directory == run.directory.url.path && $0.identity == run.manifest.identity.hash }
                ?? run.source(number: (sources.map(\.number).max() ?? 0) + 1)
            do {
                let before = responses.count
                responses.add(try run.directory.named(run.contents, as: run.manifest), source: source.number)
                if responses.count > before, !sources.contains(source) { sources.append(source) }
            } catch let error as any ProgramError {
                skipped.append((run.directory.url.path, error.explanation.summary))
            }
        }
        return Array(sources[known...])
    }

    /// - Returns: the runs in or below a directory, with the shards of those that are not merged, and whether it is one itself.
    private static func directories(_ path: URL) throws -> (runs: [RunDirectory], isNamed: Bool) {
        let runs = (try? RunFinder().runs(below: path)) ?? []
        let journalled = runs.flatMap { run in
            let exists = [run.manifest, run.journal].contains { FileManager.default.fileExists(atPath: $0.path) }
            return exists ? [run] : ShardedRun(run).present.map(ShardedRun(run).directory)
        }
        guard !journalled.isEmpty else { throw NothingToReuse(path: path.path) }
        return (journalled, runs == [RunDirectory(path)])
    }

    private static func place(_ url: URL) -> String { url.resolvingSymlinksInPath().standardizedFileURL.path }
}

extension ReusedRuns.Found {
    fileprivate func source(number: Int) -> AnswerSource {
        AnswerSource(
            number: number, directory: directory.url.path, job: manifest.job, identity: manifest.identity.hash,
            program: manifest.program, engine: manifest.engine, host: manifest.host)
    }
}

/// A path given with `--reuse` that is no run and has none below.
package struct NothingToReuse: ProgramError, Equatable {
    package var path: String

    package init(path: String) { self.path = path }

    package var explanation: Explanation {
        Explanation(
            "nothing-to-reuse", .badJob, "\(path) holds no run whose responses could be reused",
            remedy: "Name a run directory, or a folder of run directories, with --reuse.")
    }
}
