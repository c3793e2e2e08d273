import ArgumentParser
import Foundation
import PocketEngine

/// Like `vllm serve`: the main thread waits for signals; everything else runs on other threads.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve one model until SIGTERM or SIGINT.",
        discussion: """
            A Qwen2ForCausalLM serves /v1/completions, a Qwen2ForTokenClassification with one label serves /pooling. If \
            VLLM_API_KEY is set, /v1/* requires it. Exit codes: 0 after a signal, 1 if the model cannot be served or the port \
            is taken.
            """)

    @Argument(help: "A Hugging Face checkpoint: config.json, tokenizer.json, model.safetensors.")
    var model: String

    @Option(help: "The port to listen on; 0 picks a free one.")
    var port: UInt16 = 8000

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The model name in requests. (default: the folder as given)")
    var servedModelName: String?

    @Option(help: "Maximum sequence length, prompt and response together, in tokens. (default: the model's)")
    var maxModelLen: Int?

    @Option(help: "Number of sequences computed at once. (default: the number of cores)")
    var threads: Int?

    @Option(help: "Append every request to the model to this file, one JSON object per line.")
    var requestLog: String?

    @Option(
        help: ArgumentHelp(
            "Load the model when the lock on this file is released.",
            discussion: "Exit if the file does not contain open then.",
            valueName: "file"))
    var gate: String?

    @Option(help: "Milliseconds to wait before each response of the model.")
    var delayMs = 0

    @Option(
        help: ArgumentHelp(
            "Inject a fault. May be repeated.",
            discussion: """
                slow-start=SECONDS, die-on-start, ignore-sigterm, grandchild, sleep-error, wake-error, wake-corrupt; KIND-after=N[:COUNT] for the requests \
                to the model after the first N, at most COUNT of them; poison=TEXT:KIND for those with TEXT in a \
                prompt. KIND is die, hang, error-500 (with poison also 500), cut-body, wrong-scores, nan-scores or \
                garbage.
                """,
            valueName: "spec"))
    var fault: [String] = []

    @Option(help: "Inject faults only in the process that creates this file when its first fault acts.")
    var faultOnce: String?

    func validate() throws {
        guard (0...1_000_000_000).contains(delayMs) else {
            throw ValidationError("--delay-ms must be a number of milliseconds.")
        }
        if let threads, !(1...4096).contains(threads) {
            throw ValidationError("--threads must be between 1 and 4096.")
        }
    }

    func run() throws {
        let signals = TerminationSignals()
        do {
            let faults = Faults(try FaultPlan(specs: fault, onceFile: faultOnce))
            Thread.detachNewThread { [self] in serve(faults) }
            repeat {
                log("received \(signals.wait())")
            } while faults.ignoresTermination()
        } catch {
            fail(error)
        }
        // Not by returning: open requests must not keep the process alive.
        Foundation.exit(0)
    }

    private func serve(_ faults: Faults) {
        do {
            if let gate { try wait(at: gate) }
            let folder = URL(filePath: model)
            log("rsd-pocket \(PocketServer.version): loading \(model)")
            let engine = try Engine(folder: folder, maxModelLength: maxModelLen, threads: threads)
            log("Model loaded: \(engine.summary)")
            faults.atStart()

            var options = PocketServer.Options()
            options.host = host
            options.port = port
            options.modelName = servedModelName ?? model
            options.apiKey = ProcessInfo.processInfo.environment["VLLM_API_KEY"].flatMap {
                $0.isEmpty ? nil : $0
            }
            options.requestLog = requestLog
            options.faults = faults
            options.delay = .milliseconds(delayMs)
            let server = try PocketServer(engine: engine, folder: folder, options: options)
            Task {
                do {
                    try await server.run()
                } catch {
                    fail(error)
                }
            }
            Task {
                let port = try await server.waitUntilListening()
                log("Serving on http://\(host):\(port)")
                log("Application startup complete.")
            }
        } catch {
            fail(error)
        }
    }
}

/// Waits until the holder of the lock on this file releases it after writing `open`; ends this process if the lock is
/// released without that.
private func wait(at gate: String) throws {
    log("waiting at \(gate)")
    let file = try FileHandle(forReadingFrom: URL(filePath: gate))
    while flock(file.fileDescriptor, LOCK_SH) != 0 {
        guard errno == EINTR else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }
    guard try file.readToEnd() == Data("open".utf8) else {
        log("not needed")
        Foundation.exit(1)
    }
}

/// Writes a log line. A failure, as on a full disk, must not stop serving; FileHandle would end the process.
private func log(_ line: String) {
    let bytes = Array("\(line)\n".utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
}

private func fail(_ error: any Error) -> Never {
    log("error: \(error)")
    Foundation.exit(1)
}
