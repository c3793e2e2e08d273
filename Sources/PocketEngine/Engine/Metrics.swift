import Synchronization

/// The counters of vLLM's `/metrics` that clients of this engine read.
final class Metrics: Sendable {
    struct Counts: Sendable {
        var promptTokens = 0
        var generationTokens = 0
        var finished: [FinishReason: Int] = [:]
        /// HTTP requests by path.
        var requests: [String: Int] = [:]
    }

    private let counts = Mutex(Counts())

    func add(read: Int, written: Int) {
        counts.withLock {
            $0.promptTokens += read
            $0.generationTokens += written
        }
    }

    func finished(_ reason: FinishReason) { counts.withLock { $0.finished[reason, default: 0] += 1 } }

    func asked(_ path: String) { counts.withLock { $0.requests[path, default: 0] += 1 } }

    /// The Prometheus text format.
    func text(model: String, load: (running: Int, waiting: Int)) -> String {
        let now = counts.withLock { $0 }
        let escaped = model.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing(
            "\n", with: "\\n")
        let labels = "engine=\"0\",model_name=\"\(escaped)\""
        func metric(_ name: String, _ type: String, _ help: String, _ values: [(labels: String, value: Int)])
            -> String
        {
            "# HELP vllm:\(name) \(help)\n# TYPE vllm:\(name) \(type)\n"
                + values.map { "vllm:\(name){\($0.labels)} \($0.value).0\n" }.joined()
        }
        return metric("num_requests_running", "gauge", "Sequences being computed.", [(labels, load.running)])
            + metric(
                "num_requests_waiting", "gauge", "Sequences waiting to be computed.", [(labels, load.waiting)]
            )
            + metric("prompt_tokens_total", "counter", "Prompt tokens read.", [(labels, now.promptTokens)])
            + metric(
                "generation_tokens_total", "counter", "Tokens written.", [(labels, now.generationTokens)])
            + metric(
                "request_success_total", "counter", "Sequences finished.",
                FinishReason.allCases.map {
                    ("\(labels),finished_reason=\"\($0.rawValue)\"", now.finished[$0] ?? 0)
                })
            + "# HELP http_requests_total HTTP requests by path.\n# TYPE http_requests_total counter\n"
            + now.requests.sorted { $0.key < $1.key }.map {
                "http_requests_total{handler=\"\($0.key)\"} \($0.value).0\n"
            }.joined()
    }
}
