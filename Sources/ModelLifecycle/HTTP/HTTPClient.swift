import Foundation

/// An HTTP/1.1 client for hundreds of requests at once, on libcurl's multi interface.
///
/// One thread does all transfers. Connections are kept for the next request. A cancelled task ends
/// its transfer and closes the connection, upon which vLLM drops the request.
package final class HTTPClient: Sendable {
    /// Limits that hold for every request of a client.
    package struct Limits: Sendable, Hashable {
        /// Bytes of one answer.
        package var responseBytes: Int
        /// Bytes that all answers together may hold while they arrive: beyond it the longest is given up.
        package var arrivingBytes: Int
        /// Idle connections that are kept.
        package var idleConnections: Int

        package init(responseBytes: Int = 256 << 20, arrivingBytes: Int = 512 << 20, idleConnections: Int = 4096) {
            self.responseBytes = responseBytes
            self.arrivingBytes = arrivingBytes
            self.idleConnections = idleConnections
        }
    }

    private let thread: CurlThread

    package init(limits: Limits = Limits()) {
        thread = CurlThread(limits: limits)
        thread.start()
    }

    deinit { thread.shutdown(finished: nil) }

    /// Sends a request and waits for the whole answer. A status of 400 or more is an answer, not an error.
    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let id = thread.nextID()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                thread.enqueue(request, id: id, continuation)
            }
        } onCancel: {
            thread.cancel(id)
        }
        return try result.get()
    }

    /// Closes the connections that no request uses; where requests run, as soon as the last of them is done.
    ///
    /// Returns once it has been done or noted.
    package func closeIdleConnections() async {
        await withCheckedContinuation { continuation in
            thread.closeIdle { continuation.resume() }
        }
    }

    /// Ends every request with ``HTTPError/shutDown``, closes every connection and ends the thread. Returns when that is
    /// done; may be called again.
    package func shutdown() async {
        await withCheckedContinuation { continuation in
            thread.shutdown { continuation.resume() }
        }
    }
}
