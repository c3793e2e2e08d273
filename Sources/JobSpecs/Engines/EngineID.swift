/// An engine of a run, by the name that the journal, the ledger and the logs have for it.
package struct EngineID: Sendable, Hashable, CustomStringConvertible {
    package let name: String

    package init(_ name: String) { self.name = name }

    package var description: String { name }

    /// As sentences call it.
    package var title: String { self == "prm" ? "PRM" : name }
}

extension EngineID: ExpressibleByStringLiteral {
    package init(stringLiteral name: String) { self.init(name) }
}
