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

    var url: URL { URL(filePath: file) }
}
