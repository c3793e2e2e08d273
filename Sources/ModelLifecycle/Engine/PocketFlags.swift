extension EngineFlags {
    /// The flags of `rsd-pocket serve`, except those that rsd-batch sets itself.
    static let pocket = EngineFlags(
        of: "the pocket engine",
        [
            EngineFlag("max-model-len", accepts: [.whole]), EngineFlag("threads", accepts: [.whole]),
            EngineFlag("delay-ms", accepts: [.whole]), text("request-log"), text("gate"),
            text("fault", repeats: true), text("fault-once"), text("host"), EngineFlag("port", accepts: [.whole]),
            text("served-model-name"),
        ],
        help: "`rsd-pocket serve --help` lists all")

    private static func text(_ name: String, repeats: Bool = false) -> EngineFlag {
        var flag = EngineFlag(name, accepts: Set(FlagValueForm.allCases))
        flag.repeats = repeats
        return flag
    }
}
