/// The flags that an installed engine's command line knows.
package struct EngineFlags: Sendable, Hashable {
    /// The engine in messages, such as "vLLM 0.32.0".
    package var engine: String
    package var all: [EngineFlag]
    /// How to see all of them, for messages.
    package var help: String
    /// Whether the beginning of a name stands for it if it is unique.
    package var abbreviates = false

    package init(of engine: String, _ all: [EngineFlag], help: String, abbreviates: Bool = false) {
        (self.engine, self.all, self.help, self.abbreviates) = (engine, all, help, abbreviates)
    }
}

/// A flag of a command line, and the values that it takes.
package struct EngineFlag: Sendable, Hashable, Codable {
    /// Names after `--`; the first is the one that this program knows it by.
    package var names: [String]
    /// Names that switch it off: `no-enforce-eager`.
    package var negations: [String] = []
    /// Names after a single dash: `tp`.
    package var short: [String] = []
    package var takes = Values.one
    /// Whether a repeated flag adds to the values instead of replacing them.
    package var repeats = false
    /// The only values; nil for any.
    package var choices: [String]?
    /// Whether choices may be written in upper case and with dashes for underscores.
    package var foldsCase: Bool?
    /// The forms of values that it takes; empty or nil if unknown.
    package var accepts: Set<FlagValueForm>?
    /// The keys of its JSON object; nil for any.
    package var keys: [String]?
    /// Whether it is on by default.
    package var isOn = false
    /// What the engine says of a deprecated flag, possibly nothing; nil for others.
    package var deprecation: String?

    package enum Values: String, Sendable, Hashable, Codable {
        case nothing, one, optional, several
    }

    package init(_ name: String, takes: Values = .one, accepts: Set<FlagValueForm>? = nil) {
        names = [name]
        self.takes = takes
        self.accepts = accepts
    }

    /// The name that this program knows it by.
    package var name: String { names.first ?? "" }

    /// Whether it takes JSON objects, and so parts such as `compilation-config.mode`.
    package var takesObjects: Bool { takes != .nothing && accepts?.contains(.object) ?? true }
}
