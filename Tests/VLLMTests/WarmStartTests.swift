import Foundation
import RunnerSupport
import TestSupport
import Testing

@testable import ModelLifecycle

/// vLLM's servers are forked where that is safe, and spawned where it is not.
@Suite(.onRealVLLM) struct WarmStartTests {
    /// Why vLLM is not to be forked, as Python that runs before anything is imported.
    struct Obstacle: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var python: String
        var says: String
    }

    /// Those that show after the imports.
    static let obstacles = [
        Obstacle(
            testDescription: "another thread of Python",
            python: "import threading, time; threading.Thread(target=time.sleep, args=(1e6,), daemon=True).start()",
            says: "Python runs 2 threads after its imports"),
        Obstacle(
            testDescription: "CUDA is initialised",
            python: "import torch.cuda; torch.cuda.is_initialized = lambda: True",
            says: "an import has initialised CUDA"),
        Obstacle(
            testDescription: "an import fails",
            python: "sys.modules['vllm.entrypoints.openai.api_server'] = None",
            says: "vllm.entrypoints.openai.api_server could not be imported"),
    ]

    @Test("a process that engines cannot safely be forked from says why, and ends", arguments: obstacles)
    func refused(_ obstacle: Obstacle) async throws {
        let scratch = try Scratch()
        try scratch.write(obstacle)
        let dialect = VLLMDialect(installation: VLLMInstallation(venv: nil))
        let plan = try await dialect.forkServer(
            models: [], environment: ["PYTHONPATH": scratch.url.path], processors: .whole, isWanted: false)
        let ledger = scratch.file("engines.jsonl")
        let refused = try await #require(throws: ForkRefused.self) {
            _ = try await ForkServer.start(
                #require(plan), limit: .seconds(300), logs: scratch.file("logs").path,
                ledger: EngineLedger(path: ledger.path))
        }
        #expect(refused.description.contains(obstacle.says), "\(refused)")
        let starts = LedgerStart.all(ledger: try Data(contentsOf: ledger))
        #expect(starts.count == 1 && starts.allSatisfy(\.isStopped))
    }
}

extension Scratch {
    /// Puts an obstacle in the way of every Python that has this folder in its PYTHONPATH and forks engines.
    func write(_ obstacle: WarmStartTests.Obstacle) throws {
        // The process that forks is the one that runs a script given by -c; the version is asked for by another such.
        let python = """
            import sys
            words = sys.orig_argv
            if '-c' in words and not words[words.index('-c') + 1].startswith('from multiprocessing'):
                \(obstacle.python.replacingOccurrences(of: "\n", with: "\n    "))
            """
        try Data(python.utf8).write(to: file("sitecustomize.py"))
    }
}
