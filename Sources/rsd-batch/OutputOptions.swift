import ArgumentParser
import Terminal

extension ColourChoice: ExpressibleByArgument {}

/// Options that every command has.
struct OutputOptions: ParsableArguments {
    @Option(
        name: .customLong("color"),
        help: "When to use colour: auto, always or never. NO_COLOR and TERM=dumb count in auto.")
    var choice = ColourChoice.auto

    @Flag(name: .customLong("no-color"), help: "The same as --color never.")
    var withoutColour = false

    @Flag(help: "One JSON document on standard output.")
    var json = false

    var colour: ColourChoice { withoutColour ? .never : choice }
}
