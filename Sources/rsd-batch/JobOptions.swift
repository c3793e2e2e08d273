import ArgumentParser
import Foundation

/// The spec that a command takes, and values set in place of the spec's.
struct JobOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The job spec.", valueName: "job"), completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Set a key of the spec, such as decoding.max_tokens=4096, methods.0.rsd.threshold=0.8 or 'seed=[0, 1]'; may be "
                + "repeated.", valueName: "key=value"))
    var settings: [String] = []

    @Option(
        help: ArgumentHelp(
            "Take at most this many problems of each data set: a run of its own, by default in runs/<job name>-limit-N.",
            valueName: "N"))
    var limit: Int?

    var url: URL { URL(filePath: file) }

    /// The run directory of the job with this name, unless another is given.
    func runDirectory(of name: String) -> String {
        "runs/\(name)" + (limit.map { "-limit-\($0)" } ?? "")
    }

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
    }
}

struct PinOption: ParsableArguments {
    @Flag(help: "Write the checksums and commits of remote data sets into the job spec, so that they stay the same.")
    var pin = false
}
