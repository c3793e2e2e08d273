import ArgumentParser
import Foundation
import JobSpecs
import RSDJobs
import Support
import Terminal

struct FetchCommand: AsyncParsableCommand, StoppableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch", abstract: "Download the models and data sets that a job names and this machine lacks.",
        discussion: """
            Models that the job names as on the Hugging Face hub go into its cache (HF_HUB_CACHE, HF_HOME), in the way of the hub's own \
            library, huggingface_hub: it must be installed beside vLLM, for a `python3` on PATH, or behind `hf`. Access tokens \
            (HF_TOKEN, `hf auth login`), mirrors (HF_ENDPOINT) and proxies are those of that library. Only the files that engines need \
            are downloaded. If it is interrupted, run it again: it continues.

            Data sets at an address or on the hub go into $XDG_CACHE_HOME/rsd-batch/datasets (~/.cache), and Parquet files are converted.

            No other command downloads models, unless you ask for it with `run --fetch`. On a cluster, fetch on the login node; compute \
            nodes then read the cache.
            """)

    @OptionGroup var job: JobOptions

    @OptionGroup var pinning: PinOption

    @Flag(help: "Print only errors and what is there in the end.")
    var quiet = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = Console()
        let interruption = Interruption()
        let signals = StopSignals(duringDownloads: interruption)
        defer { withExtendedLifetime(signals) {} }
        let display = FetchDisplay(console: console, colour: output.colour, quiet: quiet)
        let models = try await display.fetchAll(of: job, interruption, pinning: pinning.pin)
        if output.json { return try console.outJSON(Output(models: models)) }
        try console.out(FetchedView(models).lines(width: console.outWidth), colour: output.colour)
    }

    private struct Output: Encodable {
        /// The models that are named as on the hub.
        var models: [FetchedModel]
    }
}
