import CCurl
import Foundation

/// One request in progress, with its libcurl handle. Used only on the curl thread.
final class CurlTransfer {
    let easy: UnsafeMutableRawPointer
    let url: String
    let continuation: CurlThread.Continuation
    let id: UInt64
    private let started = ContinuousClock.now
    private let limit: Int
    private let receiver: HTTPReceiver?
    private let progress: (@Sendable (_ received: Int, _ expected: Int?) -> Void)?
    private var headerList: UnsafeMutablePointer<curl_slist>?
    /// What has arrived and was not passed on.
    private var body = Data()
    /// Bytes that the receiver keeps.
    private var held = 0
    private var received = 0
    private let arriving: ArrivingBytes
    private var headers: [UInt8] = []
    private var overflowed = false

    /// - Parameter easy: a handle without options.
    init(
        _ request: HTTPRequest, id: UInt64, on easy: UnsafeMutableRawPointer, limits: HTTPClient.Limits,
        _ arriving: ArrivingBytes, _ receiver: HTTPReceiver?, _ continuation: CurlThread.Continuation
    ) {
        self.easy = easy
        self.id = id
        self.arriving = arriving
        self.receiver = receiver
        self.continuation = continuation
        url = request.url
        limit = min(limits.responseBytes, request.answerLimit)
        progress = request.progress
        configure(request)
    }

    /// Bytes of the response body that are held, here or by the receiver.
    var size: Int { body.count + held }
    var age: Duration { .now - started }

    /// Passes on what has arrived.
    ///
    /// - Returns: whether the receiver wants more.
    func deliver() -> Bool {
        guard let receiver, !body.isEmpty else { return true }
        let before = size
        let receipt = receiver(body)
        body.removeAll(keepingCapacity: true)
        defer { arriving.count += size - before }
        switch receipt {
        case .more(let holding): held = holding
        case .enough: held = 0
        }
        return receipt != .enough
    }

    /// Stops reading: what comes waits in the socket.
    func pause() { curl_easy_pause(easy, CURLPAUSE_RECV) }
    func resume() { curl_easy_pause(easy, CURLPAUSE_CONT) }

    /// Frees what it holds, apart from the handle. Call once, after the handle was removed from the multi handle and before it is
    /// used again.
    func free() {
        arriving.count -= size
        rsd_curl_set_list(easy, CURLOPT_HTTPHEADER, nil)
        curl_slist_free_all(headerList)
        headerList = nil
    }

    private static let authorities = CertificateAuthorities.file(
        environment: ProcessInfo.processInfo.environment, ofLibrary: rsd_curl_authorities().map { String(cString: $0) })

    private func configure(_ request: HTTPRequest) {
        rsd_curl_set_string(easy, CURLOPT_URL, request.url)
        rsd_curl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        // CURLOPT_QUICK_EXIT, unknown to curl before 7.87: a cancelled transfer does not wait for its name lookup.
        rsd_curl_set_long(easy, CURLoption(322), 1)
        rsd_curl_set_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        switch request.route {
        case .direct: rsd_curl_set_string(easy, CURLOPT_NOPROXY, "*")
        case .web(let stallLimit):
            rsd_curl_set_long(easy, CURLOPT_FOLLOWLOCATION, 1)
            rsd_curl_set_long(easy, CURLOPT_MAXREDIRS, 10)
            rsd_curl_set_long(easy, CURLOPT_LOW_SPEED_LIMIT, 1)
            rsd_curl_set_long(easy, CURLOPT_LOW_SPEED_TIME, max(1, Int(stallLimit.inSeconds.rounded(.up))))
            // Some servers refuse clients without a name.
            rsd_curl_set_string(easy, CURLOPT_USERAGENT, "libcurl")
            if let file = Self.authorities { rsd_curl_set_string(easy, CURLOPT_CAINFO, file) }
        }
        rsd_curl_set_long(easy, CURLOPT_TIMEOUT_MS, request.deadline.wholeMilliseconds)
        rsd_curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, request.connectLimit.wholeMilliseconds)

        // Without an empty Expect, libcurl waits a second for "100 Continue" before a body of more than a kilobyte.
        addHeader("Expect:")
        if let key = request.key { addHeader("Authorization: Bearer \(key.value)") }
        if let body = request.body {
            addHeader("Content-Type: application/json")
            rsd_curl_set_long(easy, CURLOPT_POST, 1)
            rsd_curl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            body.withUnsafeBytes { bytes in
                // The copy is made at once, and the size must be set before it.
                var empty: UInt8 = 0
                if let start = bytes.baseAddress {
                    rsd_curl_set_bytes(easy, CURLOPT_COPYPOSTFIELDS, start)
                } else {
                    rsd_curl_set_bytes(easy, CURLOPT_COPYPOSTFIELDS, &empty)
                }
            }
        } else if request.method == .post {
            rsd_curl_set_long(easy, CURLOPT_POST, 1)
            rsd_curl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, 0)
            rsd_curl_set_string(easy, CURLOPT_COPYPOSTFIELDS, "")
        }
        rsd_curl_set_list(easy, CURLOPT_HTTPHEADER, headerList)

        // The thread's table keeps self alive until the handle is cleaned up.
        let me = Unmanaged.passUnretained(self).toOpaque()
        rsd_curl_set_pointer(easy, CURLOPT_WRITEDATA, me)
        rsd_curl_set_sink(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
            return transfer.takeBody(bytes, size * count)
        }
        rsd_curl_set_pointer(easy, CURLOPT_HEADERDATA, me)
        rsd_curl_set_sink(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
            return transfer.takeHeader(bytes, size * count)
        }
    }

    private func addHeader(_ line: String) {
        if let longer = curl_slist_append(headerList, line) { headerList = longer }
    }

    /// Returning a number other than `count` makes libcurl abort the transfer.
    private func takeBody(_ bytes: UnsafeMutablePointer<CChar>, _ count: Int) -> Int {
        guard received + count <= limit else {
            overflowed = true
            return 0
        }
        received += count
        if body.isEmpty, isReceived { arriving.add(self) }
        bytes.withMemoryRebound(to: UInt8.self, capacity: count) { body.append($0, count: count) }
        arriving.count += count
        if let progress {
            var expected: curl_off_t = -1
            rsd_curl_get_offset(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &expected)
            progress(received, expected < 0 ? nil : Int(expected))
        }
        return count
    }

    /// Whether the body goes to the receiver: not that of an error.
    private var isReceived: Bool { receiver != nil && status == 200 }

    private var status: Int {
        var status = 0
        rsd_curl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        return status
    }

    private func takeHeader(_ bytes: UnsafeMutablePointer<CChar>, _ count: Int) -> Int {
        let line = UnsafeRawBufferPointer(start: bytes, count: count)
        if line.starts(with: "HTTP/".utf8) { headers.removeAll(keepingCapacity: true) }
        guard headers.count + count <= 1 << 20 else { return 0 }
        headers.append(contentsOf: line)
        return count
    }

    var response: HTTPResponse { HTTPResponse(status: status, body: body, rawHeaders: headers) }

    /// Translates libcurl's result for the caller.
    func answer(_ code: CURLcode) -> CurlThread.Answer {
        if code == CURLE_OK { return .success(response) }
        let words = String(cString: curl_easy_strerror(code))
        switch code {
        case CURLE_COULDNT_CONNECT: return .failure(.refused(url: url))
        case CURLE_OPERATION_TIMEDOUT: return .failure(.timedOut(url: url))
        case CURLE_WRITE_ERROR where overflowed: return .failure(.tooLarge(url: url, limit: limit))
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR,
            CURLE_WEIRD_SERVER_REPLY,
            CURLE_BAD_CONTENT_ENCODING:
            return .failure(.connectionLost(url: url, reason: words))
        default: return .failure(.other(code: Int(code.rawValue), message: words, url: url))
        }
    }
}

/// What a client is receiving. Used only on the curl thread.
final class ArrivingBytes {
    /// Total size of the responses.
    var count = 0
    /// Those with something to pass on to their receiver.
    private var streams: [CurlTransfer] = []

    func add(_ stream: CurlTransfer) { streams.append(stream) }

    func takeStreams() -> [CurlTransfer] {
        defer { streams.removeAll(keepingCapacity: true) }
        return streams
    }
}

extension Duration {
    /// At least one: to libcurl, zero means "no limit".
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        let whole = Double(seconds) * 1000 + Double(attoseconds) / 1e15
        return max(1, Int(min(whole, Double(Int32.max))))
    }
}
