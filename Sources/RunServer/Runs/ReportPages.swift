import Foundation
import Reporting
import RunStore
import Support
import Synchronization

/// The report pages of runs, made in memory by one thread at a time and kept until the run changes.
final class ReportPages: Sendable {
    private struct Page {
        var stamps: [FileStamp?]
        var made: ContinuousClock.Instant
        var html: Data
    }

    private let queue = DispatchQueue(label: "report pages")
    /// The one that was asked for last comes last.
    private let pages = Mutex<[(path: String, page: Page)]>([])

    private static let most = 3
    /// A page of a run at work is made again after this.
    private static let age = Duration.seconds(5)

    /// - Throws: what ``RunReport`` throws.
    func html(of directory: RunDirectory) async throws -> Data {
        if let page = kept(directory) { return page }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try self.make(directory) }) }
        }
    }

    private func make(_ directory: RunDirectory) throws -> Data {
        // Others may have waited for the same.
        if let page = kept(directory) { return page }
        let stamps = Self.stamps(of: directory)
        let html = try RunReport(directory).html()
        pages.withLock { pages in
            pages.removeAll { $0.path == directory.url.path }
            pages.append((directory.url.path, Page(stamps: stamps, made: .now, html: html)))
            if pages.count > Self.most { pages.removeFirst() }
        }
        return html
    }

    private func kept(_ directory: RunDirectory) -> Data? {
        let stamps = Self.stamps(of: directory)
        return pages.withLock { pages in
            guard let place = pages.firstIndex(where: { $0.path == directory.url.path }) else { return nil }
            let (path, page) = pages.remove(at: place)
            guard stamps[0] != nil, page.stamps == stamps || page.made > .now - Self.age else { return nil }
            pages.append((path, page))
            return page.html
        }
    }

    private static func stamps(of directory: RunDirectory) -> [FileStamp?] {
        [directory.manifest, directory.job, directory.journal, directory.results, directory.summary].map(FileStamp.init)
    }
}
