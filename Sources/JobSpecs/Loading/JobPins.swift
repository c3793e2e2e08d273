import Datasets
import Foundation
import SpecYAML
import Support

/// Writes what a job's remote data sets are now into its spec, so that they stay the same.
///
/// The data sets are in the cache: call it after ``JobLoader/fetchDatasets(of:settings:into:interruption:retries:findPython:observe:)``.
package struct JobPins {
    /// A key to set in a data set.
    struct Pin: Equatable {
        /// The data set with the key.
        var pinned: DatasetSpec
        /// Its place in the list.
        var index: Int
        var key: String
        var value: String
        var mark: Mark

        /// - Parameter resolved: the data set as it is in the cache.
        /// - Returns: nil if nothing can change.
        init?(_ dataset: WrittenDataset, resolved: DatasetSpec) {
            pinned = dataset.spec
            (index, mark) = (dataset.index, dataset.pathMark)
            if pinned.hub != nil, let commit = resolved.revision, commit != pinned.revision {
                pinned.revision = commit
                if dataset.revisionIsInPath {
                    (key, value) = ("path", doubleQuoted(dataset.path(at: commit)))
                } else {
                    (key, value) = ("revision", YAMLWriter.text(commit))
                }
            } else if pinned.isRemote, pinned.sha256 == nil, let sum = resolved.sha256 {
                pinned.sha256 = sum
                (key, value) = ("sha256", YAMLWriter.text(sum))
            } else {
                return nil
            }
        }

        /// The line to write by hand.
        var advice: String { "\(key == "sha256" ? "add" : "set") `\(key): \(value)` in the data set" }
    }

    private let url: URL
    private let source: SourceText
    private let settings: [String]
    let pins: [Pin]

    /// - Throws: ``SpecErrors`` if the spec cannot be read. A spec with errors has no pins; ``JobLoader/load`` reports them.
    package init(of url: URL, settings: [String] = [], cache: DatasetCache = .standard) throws(SpecErrors) {
        (self.url, self.settings) = (url, settings)
        source = try JobLoader.source(of: url)
        let (job, diagnostics) = JobLoader.decode(
            source, settings: settings, directory: JobLoader.directory(of: url))
        let isValid = !diagnostics.contains { $0.severity == .error }
        pins = isValid ? (job?.datasets ?? []).compactMap { Self.pin($0, DatasetStore(cache: cache)) } : []
    }

    /// The data sets to pin and the line for each, such as `math500 (sha256)`.
    package var words: [String] { pins.map { "\($0.pinned.name) (\($0.key))" } }

    private static func pin(_ dataset: WrittenDataset, _ store: DatasetStore) -> Pin? {
        (try? store.find(dataset.spec)).flatMap { Pin(dataset, resolved: $0.spec) }
    }

    /// Writes the pins into the spec's file.
    ///
    /// - Throws: ``SpecErrors`` with the pins that have no place in the file, or all if it cannot be written; nothing is written then.
    package func write() throws(SpecErrors) {
        guard !pins.isEmpty else { return }
        // A link stays a link.
        let file = url.resolvingSymlinksInPath()
        let (data, mode) = try contents(of: file)
        var text = String(decoding: data, as: UTF8.self)
        var faults: [Diagnostic] = []
        for pin in pins {
            do throws(Unreadable) {
                if let key = pin.mark.setting {
                    throw Unreadable(message: "it is set by --set \(key)")
                }
                text = try YAMLEdit.set(
                    pin.key, to: pin.value, after: "path", inElement: pin.index, of: "datasets", in: text)
            } catch {
                faults.append(fault(pin, "cannot be pinned here, since \(error.message)"))
            }
        }
        guard faults.isEmpty else { throw SpecErrors(file: url.relativePath, diagnostics: faults) }
        try check(text)
        do {
            try AtomicFile.write(Data(text.utf8), to: file, mode: mode)
        } catch {
            throw unwritable((error as? FileFailure)?.explanation.summary ?? "\(error)")
        }
    }

    /// The file's bytes, which are still those that the pins were made for, and its permissions.
    private func contents(of file: URL) throws(SpecErrors) -> (Data, mode_t) {
        var status = stat()
        guard stat(file.path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw unwritable("\(url.relativePath) is not a file")
        }
        guard status.st_mode & 0o222 != 0, access(file.path, W_OK) == 0 else {
            throw unwritable("\(url.relativePath) is read-only")
        }
        guard let data = FileManager.default.contents(atPath: file.path),
            (try? SourceText(file: "", utf8: data))?.text == source.text
        else { throw unwritable("\(url.relativePath) has changed meanwhile") }
        return (data, status.st_mode & 0o7777)
    }

    /// Checks that the edited spec means what it meant, with the pins.
    private func check(_ text: String) throws(SpecErrors) {
        let directory = JobLoader.directory(of: url)
        func specs(_ source: SourceText?) -> [DatasetSpec]? {
            let job = source.flatMap { JobLoader.decode($0, settings: settings, directory: directory).job }
            return job?.datasets.map(\.spec)
        }
        var wanted = specs(source)
        for pin in pins { wanted?[pin.index] = pin.pinned }
        guard specs(try? SourceText(file: "", utf8: Data(text.utf8))) == wanted else {
            let faults = pins.map { fault($0, "cannot be pinned here, since the file is written in an unusual way") }
            throw SpecErrors(file: url.relativePath, diagnostics: faults)
        }
    }

    private func unwritable(_ reason: String) -> SpecErrors {
        var errors = SpecErrors(
            file: url.relativePath, diagnostics: pins.map { fault($0, "cannot be pinned: \(reason)") })
        errors.isAboutStorage = true
        return errors
    }

    private func fault(_ pin: Pin, _ reason: String) -> Diagnostic {
        source.diagnostic(.error, at: pin.mark, "data set '\(pin.pinned.name)' \(reason); \(pin.advice) yourself")
    }
}
