import ArgumentParser
import Terminal

extension ColourChoice: ExpressibleByArgument {}

/// Options of every command.
struct OutputOptions: ParsableArguments {
    @Option(
        name: .customLong("color"),
        help: "When to use colour. auto honours NO_COLOR and TERM=dumb.")
    var choice = ColourChoice.auto

    @Flag(name: .customLong("no-color"), help: "The same as --color never.")
    var withoutColour = false

    @Flag(help: "Print one JSON document on standard output.")
    var json = false

    var colour: ColourChoice { withoutColour ? .never : choice }
}
