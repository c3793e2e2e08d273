import Foundation

/// An HTTP/1.1 client for hundreds of concurrent requests, on libcurl's multi interface.
///
/// One thread does all transfers. Connections are reused. Cancelling a task ends its transfer and closes the
/// connection, whereupon vLLM drops the request.
package final class HTTPClient: Sendable {
    /// Limits for all requests of a client.
    package struct Limits: Sendable, Hashable {
        /// Bytes of one response.
        package var responseBytes: Int
        /// Bytes of all responses being received together; above it, the largest is aborted.
        package var arrivingBytes: Int
        /// Idle connections to keep.
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

    /// Sends a request and waits for the whole response. A status of 400 or more is a response, not an error.
    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        try await perform(request, receiver: nil)
    }

    /// Sends a request and passes on the body of its response as it arrives, if the status is 200.
    ///
    /// Reads of one body are spaced (see ``ReadingPace``), so that hundreds of bodies of tiny pieces cost little.
    ///
    /// - Returns: the response when its body is complete, or when the receiver has had enough. With another status than
    ///   200, it has its body, and the receiver was not called.
    /// - Throws: an error if the body breaks off, whatever has been received by then.
    package func stream(
        _ request: HTTPRequest, _ receive: @escaping HTTPReceiver
    ) async throws(HTTPError) -> HTTPResponse {
        try await perform(request, receiver: receive)
    }

    private func perform(_ request: HTTPRequest, receiver: HTTPReceiver?) async throws(HTTPError) -> HTTPResponse {
        let id = thread.nextID()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                thread.enqueue(request, id: id, receiver, continuation)
            }
        } onCancel: {
            thread.cancel(id)
        }
        return try result.get()
    }

    /// Closes idle connections; if requests are running, closes them when the last one is done.
    ///
    /// Returns once that is done or scheduled.
    package func closeIdleConnections() async {
        await withCheckedContinuation { continuation in
            thread.closeIdle { continuation.resume() }
        }
    }

    /// Fails all requests with ``HTTPError/shutDown``, closes all connections and ends the thread. Returns when that is
    /// done; may be called again.
    package func shutdown() async {
        await withCheckedContinuation { continuation in
            thread.shutdown { continuation.resume() }
        }
    }
}
