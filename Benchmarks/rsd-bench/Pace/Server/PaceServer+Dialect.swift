import Decoding
import Foundation
import PacedEngine
import Support

/// vLLM's endpoints, as far as clients of a draft, a target and a PRM ask them.
extension PaceServer {
    func answer(_ request: PaceConnection.Request, to role: Role, _ connection: PaceConnection) throws {
        switch (request.method, request.path, role) {
        case ("POST", "/v1/completions", .draft), ("POST", "/v1/completions", .target):
            try complete(request, role, connection)
        case ("POST", "/pooling", .prm): try pool(request, connection)
        case ("POST", "/tokenize", _): try tokenize(request, connection)
        case ("POST", "/detokenize", _): try detokenize(request, connection)
        case ("GET", "/health", _), ("GET", "/ping", _): connection.respond("", type: "text/plain")
        case ("GET", "/version", _): connection.respond(#"{"version":"0.32.0"}"#)
        case ("GET", "/v1/models", _):
            connection.respond(
                #"{"object":"list","data":[{"id":"\#(role.rawValue)","object":"model","created":0,"owned_by":"vllm","#
                    + #""root":"\#(role.rawValue)","parent":null,"max_model_len":\#(Self.contextLength)}]}"#)
        case ("GET", "/metrics", _): connection.respond(metrics(of: role), type: "text/plain; version=0.0.4")
        case ("GET", "/is_sleeping", _):
            connection.respond(#"{"is_sleeping":\#(floor.engines[role]?.isAsleep == true)}"#)
        case ("POST", "/sleep", _): sleep(role, connection)
        case ("POST", "/wake_up", _): wake(role, request.query("tags"), connection)
        case ("POST", "/reset_prefix_cache", _), ("POST", "/collective_rpc", _): connection.respond("{}")
        default: connection.respond(#"{"detail":"Not Found"}"#, status: 404)
        }
    }

    // MARK: Models

    private func complete(_ request: PaceConnection.Request, _ role: Role, _ connection: PaceConnection) throws {
        let body = try JSONDecoder().decode(PacedCompletion.self, from: Data(request.body))
        guard body.n ?? 1 == 1 else { throw PaceError(description: "n must be 1 when using greedy sampling.") }
        var works: [PaceWork] = []
        var texts: [PlannedText] = []
        for prompt in body.prompt.tokens(&self.texts) {
            let limit = min(body.max_tokens ?? 16, Self.contextLength - prompt.count)
            guard body.max_tokens ?? 16 > 0 else {
                throw PaceError(description: "max_tokens must be at least 1.", parameter: "max_tokens")
            }
            guard limit > 0 else { throw tooLong(prompt) }
            let (problem, solution) = settings.tokenizer.problem(in: prompt)
            let stops = body.stop?.list ?? []
            // Steps beyond the first are needed only if nothing stops there.
            let text = PlannedText(
                prompt: prompt,
                tokens: problem.continuation(
                    by: role, after: problem.reading(solution), limit: limit,
                    steps: stops.contains("\n\n") ? 1 : .max),
                end: settings.tokenizer.vocabulary.end, stops: stops,
                piece: { settings.tokenizer.decode(CollectionOfOne($0), skipSpecial: true) })
            texts.append(text)
            works.append(PaceWork(problem: problem.number, prompt: prompt, output: text.tokens))
        }
        try begin(.completion(body, texts), works, role, connection)
    }

    private func pool(_ request: PaceConnection.Request, _ connection: PaceConnection) throws {
        struct Body: Decodable { var input: PromptList }
        let prompts = try JSONDecoder().decode(Body.self, from: Data(request.body)).input.tokens(&texts)
        if let long = prompts.first(where: { $0.count > Self.contextLength }) { throw tooLong(long) }
        var works: [PaceWork] = []
        let rewards = prompts.map { prompt in
            let (problem, solution) = settings.tokenizer.problem(in: prompt)
            works.append(PaceWork(problem: problem.number, prompt: prompt, output: []))
            return problem.rewards(of: solution)
        }
        try begin(.pooling(prompts, rewards: rewards), works, .prm, connection)
    }

    private func tooLong(_ prompt: [Int]) -> PaceError {
        PaceError(
            description:
                "This model's maximum context length is \(Self.contextLength) tokens. However, your prompt contains "
                + "\(prompt.count) input tokens, which exceeds this limit even without any output tokens.",
            parameter: "input_tokens")
    }

    // MARK: Tokens

    private func tokenize(_ request: PaceConnection.Request, _ connection: PaceConnection) throws {
        struct Body: Decodable {
            var prompt: String
            var return_token_strs: Bool?
        }
        let body = try JSONDecoder().decode(Body.self, from: Data(request.body))
        let ids = texts.tokens(of: body.prompt)
        let strings =
            body.return_token_strs == true
            ? "[" + ids.map { settings.tokenizer.names[$0] }.joined(separator: ",") + "]" : "null"
        connection.respond(
            #"{"count":\#(ids.count),"max_model_len":\#(Self.contextLength),"tokens":\#(ids.json),"token_strs":\#(strings)}"#
        )
    }

    private func detokenize(_ request: PaceConnection.Request, _ connection: PaceConnection) throws {
        struct Body: Decodable { var tokens: [Int] }
        let ids = try JSONDecoder().decode(Body.self, from: Data(request.body)).tokens
        connection.respond(#"{"prompt":\#(JSONText.string(settings.tokenizer.decode(ids)))}"#)
    }

    // MARK: Sleep

    private func sleep(_ role: Role, _ connection: PaceConnection) {
        after(EngineTimes.sleep) { server in
            server.floor.setAsleep(true, role)
            connection.respond(#"{"status":"sleeping","level":1}"#)
        }
    }

    private func wake(_ role: Role, _ tag: String?, _ connection: PaceConnection) {
        after(tag == "kv_cache" ? 0 : settings.machine.wake(of: role)) { server in
            if tag != "weights" { server.floor.setAsleep(false, role) }
            connection.respond(#"{"status":"awake","tags":null}"#)
        }
    }

    // MARK: Metrics

    private func metrics(of role: Role) -> String {
        let counts = floor.counts(of: role)
        let scheduler = floor.engines[role]?.scheduler
        let iterations = floor.tallies[role]?.iterations.count ?? 0
        let values: [(String, String, Double)] = [
            ("num_requests_running", "gauge", Double(scheduler?.runningCount ?? 0)),
            ("num_requests_waiting", "gauge", Double(scheduler?.waitingCount ?? 0)),
            ("kv_cache_usage_perc", "gauge", scheduler?.cacheUse ?? 0),
            ("num_preemptions_total", "counter", Double(counts.preemptions)),
            ("prompt_tokens_total", "counter", Double(counts.queriedTokens)),
            ("generation_tokens_total", "counter", Double(counts.writtenTokens)),
            ("prefix_cache_queries_total", "counter", Double(counts.queriedTokens)),
            ("prefix_cache_hits_total", "counter", Double(counts.cachedTokens)),
            ("iteration_tokens_total_count", "counter", Double(iterations)),
            ("iteration_tokens_total_sum", "counter", Double(counts.computedTokens)),
        ]
        let limits = settings.machine.limits(of: role)
        let label = #"{engine="0",model_name="\#(role.rawValue)"}"#
        let lines = values.map { "# TYPE vllm:\($0) \($1)\nvllm:\($0)\(label) \($2)" }
        let cache =
            #"vllm:cache_config_info{block_size="\#(BatchScheduler.blockTokens)",enable_prefix_caching="True","#
            + #"engine="0",num_gpu_blocks="\#(limits.blocks)"} 1.0"#
        return (lines + [cache]).joined(separator: "\n") + "\n"
    }
}
