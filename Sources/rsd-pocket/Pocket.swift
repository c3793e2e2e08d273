import ArgumentParser
import PocketEngine

@main
struct Pocket: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rsd-pocket",
        abstract:
            "A small CPU server for Qwen2 models of a few million weights that speaks vLLM's HTTP dialect.",
        version: PocketServer.version,
        subcommands: [Serve.self, ForkServer.self])
}
