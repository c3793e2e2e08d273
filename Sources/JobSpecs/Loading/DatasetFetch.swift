import Support
import Datasets
import Foundation
import ModelLifecycle

struct DatasetFetch: Sendable {
    /// The server has the file, but is busy.
    private struct Busy: Error {
        var status: Int
    }

    let client: HTTPClient
    let retries: RetryPolicy
    let observe: @Sendable (FetchEvent) -> Void

    /// Bytes that match the spec's checksum.
    func contents(of spec: DatasetSpec) async throws -> Data {
        observe(.began(dataset: spec.name, address: spec.path))
        let data: Data
        do {
            data = try await retries.run(isTransient: { $0 is Busy || ($0 as? HTTPError)?.isTransient == true }) {
                try await answer(spec.path)
            }
        } catch let error as Busy {
            throw Unreadable(message: Self.refusal(spec.path, error.status))
        }
        try DatasetStore.check(
            data, is: "the response of \(spec.path), \(counted(data.count, "byte")),", sha256: spec.sha256)
        return data
    }

    private func answer(_ address: String) async throws -> Data {
        var request = HTTPRequest(.get, HTTPEndpoint(base: address), "", connectLimit: .seconds(30))
        request.route = .web(stallLimit: .seconds(60))
        request.progress = { observe(.received($0, of: $1)) }
        let answer = try await client.send(request)
        if RetryPolicy.isTransient(status: answer.status) { throw Busy(status: answer.status) }
        guard answer.status == 200 else {
            throw Unreadable(message: Self.refusal(address, answer.status))
        }
        return answer.body
    }

    private static func refusal(_ address: String, _ status: Int) -> String {
        "\(address) cannot be downloaded: the server responded with status \(status)"
    }
}

/// Progress of downloads of models and data sets, and of conversions.
package enum FetchEvent: Sendable, Equatable {
    /// What is about to be downloaded.
    case note(String)
    case began(dataset: String, address: String)
    /// Bytes so far, and the total if the server reports it.
    case received(Int, of: Int?)
    case ended(bytes: Int)
    case converting(dataset: String, path: String)
    case converted(records: Int)
}
