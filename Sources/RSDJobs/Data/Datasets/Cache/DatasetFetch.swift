import Foundation
import ModelLifecycle

/// What happens while data sets are fetched.
package enum FetchEvent: Sendable, Equatable {
    case began(dataset: String, address: String)
    /// Bytes so far, and in all where the server says it.
    case received(Int, of: Int?)
    case ended(bytes: Int)
}

extension JobLoader {
    /// Bytes of one data set at most: it is read in one piece.
    static let largestFetch = 256 << 20

    /// Fetches the data sets of a job that have an address and are not in the cache; afterwards ``load`` finds them there.
    ///
    /// A spec with faults is left to ``load`` to complain of, and nothing is fetched.
    ///
    /// - Throws: ``SpecErrors`` that name each data set that cannot be had; ``Interrupted``.
    package static func fetchDatasets(
        of url: URL, into cache: DatasetCache = .standard, interruption: Interruption = Interruption(),
        retries: RetryPolicy = RetryPolicy(attempts: 3), observe: @escaping @Sendable (FetchEvent) -> Void = { _ in }
    ) async throws {
        guard let source = try? source(of: url),
            case let (job?, diagnostics) = decode(source, directory: directory(of: url)),
            !diagnostics.contains(where: { $0.severity == .error })
        else { return }
        let missing = job.datasets.filter { $0.spec.isRemote && !cache.holds($0.spec.sha256 ?? "") }
        guard !missing.isEmpty else { return }
        let client = HTTPClient(limits: .init(responseBytes: largestFetch, idleConnections: 4))
        let fetch = DatasetFetch(client: client, retries: retries, observe: observe)
        var faults: [Diagnostic] = []
        var isAboutStorage = false
        for dataset in missing {
            do {
                let data = try await interruption.giveUpOn { try await fetch.contents(of: dataset.spec) }
                try cache.keep(data, dataset.spec.sha256 ?? "")
                observe(.ended(bytes: data.count))
            } catch let error as Interrupted {
                throw error
            } catch {
                let message = (error as? DatasetUnavailable)?.message ?? "\(error)"
                isAboutStorage = isAboutStorage || error is FileFailure
                faults.append(source.diagnostic(.error, at: dataset.pathMark, message))
            }
        }
        guard !faults.isEmpty else { return }
        var errors = SpecErrors(file: url.relativePath, diagnostics: faults)
        errors.isAboutStorage = isAboutStorage
        throw errors
    }
}

private struct DatasetFetch: Sendable {
    /// Of a server that has the file, but not now.
    private struct Busy: Error {
        var status: Int
    }

    let client: HTTPClient
    let retries: RetryPolicy
    let observe: @Sendable (FetchEvent) -> Void

    /// Bytes that have the checksum of the spec.
    func contents(of spec: DatasetSpec) async throws -> Data {
        observe(.began(dataset: spec.name, address: spec.path))
        let data: Data
        do {
            data = try await retries.run(isTransient: { $0 is Busy || ($0 as? HTTPError)?.isTransient == true }) {
                try await answer(spec.path)
            }
        } catch let error as Busy {
            throw DatasetUnavailable(message: Self.refusal(spec.path, error.status))
        }
        try spec.check(data, is: "what \(spec.path) gave, \(counted(data.count, "byte")),")
        return data
    }

    private func answer(_ address: String) async throws -> Data {
        var request = HTTPRequest(.get, HTTPEndpoint(base: address), "", connectLimit: .seconds(30))
        request.route = .web(stallLimit: .seconds(60))
        request.progress = { observe(.received($0, of: $1)) }
        let answer = try await client.send(request)
        if RetryPolicy.isTransient(status: answer.status) { throw Busy(status: answer.status) }
        guard answer.status == 200 else {
            throw DatasetUnavailable(message: Self.refusal(address, answer.status))
        }
        return answer.body
    }

    private static func refusal(_ address: String, _ status: Int) -> String {
        "\(address) cannot be fetched: the server answers with status \(status)"
    }
}
