/// The name of an engine in the journal, the ledger and the logs.
package struct EngineID: Sendable, Hashable, CustomStringConvertible {
    package let name: String

    package init(_ name: String) { self.name = name }

    package var description: String { name }

    /// Its name in messages.
    package var title: String { self == "prm" ? "PRM" : name }
}

extension EngineID: ExpressibleByStringLiteral {
    package init(stringLiteral name: String) { self.init(name) }
}
