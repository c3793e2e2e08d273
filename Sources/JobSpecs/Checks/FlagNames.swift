import ModelLifecycle
import Support

/// What the name of a flag in `args` means to an engine.
enum FlagMeaning: Equatable {
    case flag(EngineFlag)
    /// Switches the flag off.
    case negation(EngineFlag)
    /// A part of the flag's JSON: the rest of `compilation-config.mode` after the dot.
    case part(String, of: EngineFlag)
    /// Another name of the flag.
    case alias(String, of: EngineFlag)
    /// The beginning of one name, which engines take for it.
    case abbreviation(of: String, EngineFlag)
    /// The beginning of several names.
    case ambiguous([String])
    /// Possibly with the name that was meant.
    case unknown(meant: String?)
}

extension EngineFlags {
    /// - Parameter written: the name in the spec, with `-` or `_` before the first dot.
    func meaning(of written: String) -> FlagMeaning {
        let parts = written.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0]).replacing("_", with: "-")
        guard parts.count == 2 else { return wholeMeaning(of: name) }
        return switch wholeMeaning(of: name) {
        case .flag(let flag): .part(String(parts[1]), of: flag)
        case .alias(_, let flag), .abbreviation(_, let flag): .unknown(meant: "\(flag.name).\(parts[1])")
        case .unknown(let meant): .unknown(meant: meant.map { "\($0).\(parts[1])" })
        case .negation, .part, .ambiguous: .unknown(meant: nil)
        }
    }

    private func wholeMeaning(of name: String) -> FlagMeaning {
        for flag in all {
            if flag.name == name { return .flag(flag) }
            if flag.names.contains(name) { return .alias(name, of: flag) }
            if flag.negations.contains(name) { return .negation(flag) }
        }
        if let flag = all.first(where: { $0.short.contains(name) }) { return .unknown(meant: flag.name) }
        // `-O3` is another name that vLLM has for it.
        if name == "O" { return .unknown(meant: all.first { $0.name == "optimization-level" }?.name) }
        let names = all.flatMap { flag in (flag.names + flag.negations).map { (name: $0, flag: flag) } }
        let longer = abbreviates ? names.filter { $0.name.hasPrefix(name) } : []
        if longer.count == 1 { return .abbreviation(of: longer[0].name, longer[0].flag) }
        if longer.count > 1 { return .ambiguous(longer.map(\.name)) }
        let all = names.map(\.name)
        return .unknown(meant: nearest(to: name, among: all) ?? similar(to: name, among: all))
    }

    /// The only name that has all words of another: `memory-utilization`.
    private func similar(to name: String, among names: [String]) -> String? {
        let words = Set(name.split(separator: "-"))
        let found = names.filter { words.isSubset(of: $0.split(separator: "-")) }
        return found.count == 1 && words.count > 1 ? found[0] : nil
    }
}
