import Checkpoints
import Foundation
import JobSpecs
import Logging
import ModelLifecycle
import Tokenizers

/// The tokenizers of a run's engines. Engines share what is known of a tokenizer if their checkpoints have the same files for it and
/// they give the same answers to ``TokenizerSamples``.
actor EngineTokenizers {
    private struct Identity: Hashable {
        var files: String
        var answers: TokenizerSamples.Answers
    }

    private let job: JobSpec
    private let engines: JobEngines
    private let logger: Logger?
    private var readers: [EngineID: TokenReader] = [:]
    private var caches: [Identity: TokenCache] = [:]

    init(_ job: JobSpec, logger: Logger? = nil) {
        (self.job, self.engines, self.logger) = (job, JobEngines(job), logger)
    }

    /// The reader of an engine. Before its first text, the engine's tokenizer is compared with its checkpoint's.
    func reader(of engine: EngineID) -> TokenReader {
        if let reader = readers[engine] { return reader }
        let reader = makeReader(of: engine)
        readers[engine] = reader
        return reader
    }

    private func makeReader(of engine: EngineID) -> TokenReader {
        guard let model = engines.namesake(of: engine).flatMap({ job.models[$0] }) else { return TokenReader() }
        let arguments = job.engine.args(for: model)
        // Another tokenizer than the checkpoint's.
        guard !arguments.contains(where: { $0.flag.contains("tokenizer") }),
            let identity = TokenizerIdentity(of: model.model)
        else { return TokenReader() }
        let settings = model.server == nil ? arguments.map { "\($0.flag)=\($0.value ?? "")" }.sorted() : [engine.name]
        return TokenReader(template: ([identity.conversation] + settings).joined(separator: " ")) { client in
            try await self.cache(for: engine, identity, in: model.model, asking: client)
        }
    }

    private func cache(
        for engine: EngineID, _ identity: TokenizerIdentity, in directory: String, asking client: EngineClient
    ) async throws -> TokenCache {
        var tokenizer: Tokenizer?
        do {
            tokenizer = try Tokenizer(folder: URL(filePath: directory))
        } catch {
            logger?.info("the \(engine) engine is asked for all tokens: \(error)")
        }
        let answers = try await TokenizerSamples(tokenizer).ask(client)
        let key = Identity(files: identity.text, answers: answers)
        if let cache = caches[key] { return cache }
        let local = tokenizer.flatMap {
            LocalTokenizer($0, unlisted: identity.unlisted, agreeingWith: answers)
        }
        if tokenizer != nil, local == nil {
            logger?.warning(
                "the \(engine) engine tokenizes differently from the tokenizer.json in \(directory), and is asked for all tokens"
            )
        }
        let cache = TokenCache(local: local, logger: logger)
        caches[key] = cache
        return cache
    }
}
