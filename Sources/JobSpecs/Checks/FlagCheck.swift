import ModelLifecycle
import SpecYAML
import Support

/// Checks the flags of a job's `args` against those that its engine knows.
struct FlagCheck {
    let known: EngineFlags
    let log: DiagnosticLog

    /// - Parameter sections: the engine's flags, then those of each model.
    func check(_ sections: [[WrittenFlag]]) {
        for section in sections {
            var seen: [String: WrittenFlag] = [:]
            for flag in section where EngineArgument.refusal(of: flag.name.value) == nil { check(flag, &seen) }
        }
        for model in sections.dropFirst() { checkParts(of: model, beside: sections[0]) }
    }

    /// A model's flag replaces the same flag of the engine, but not its parts, nor a part the whole.
    private func checkParts(of model: [WrittenFlag], beside engine: [WrittenFlag]) {
        for flag in model {
            let other = engine.first { $0.base == flag.base && $0.isPart != flag.isPart && !$0.isOff && !flag.isOff }
            if let other { reportBoth(flag, other) }
        }
    }

    /// - Parameter seen: the section's flags before this one, by the name that the engine has for them.
    private func check(_ written: WrittenFlag, _ seen: inout [String: WrittenFlag]) {
        let (name, mark) = (written.name.value, written.name.mark)
        let meaning = known.meaning(of: name)
        if let flag = meaning.flag, EngineSpec.ownFlags.contains(flag.name) {
            return log.error(at: mark, "'\(name)' means '\(flag.name)', which is set by the runner; remove it")
        }
        switch meaning {
        case .unknown(let meant):
            let rest = meant.map { "did you mean '\($0)'?" } ?? known.help
            return log.error(at: mark, "unknown flag '\(name)' of \(known.engine); \(rest)")
        case .ambiguous(let names):
            let list = names.prefix(8).map { "'\($0)'" }.joined(separator: ", ") + (names.count > 8 ? ", …" : "")
            return log.error(at: mark, "the flag '\(name)' of \(known.engine) is ambiguous: it begins \(list)")
        case .part(let part, let flag):
            note(written, as: name.replacing("_", with: "-"), &seen)
            return check(part, of: flag, written)
        case .negation(let flag):
            note(written, as: flag.name, &seen)
            return checkSwitch(written)
        case .alias(_, let flag):
            log.warning(
                at: mark, "'\(name)' is another name of '\(flag.name)'; rsd-batch reads only that one, so use it")
        case .abbreviation(let whole, let flag):
            log.warning(
                at: mark, "'\(name)' is short for '\(whole)'; rsd-batch reads only whole names, so write it out")
            if flag.negations.contains(whole) {
                note(written, as: flag.name, &seen)
                return checkSwitch(written)
            }
        case .flag: break
        }
        guard let flag = meaning.flag else { return }
        note(written, as: flag.name, &seen)
        checkDeprecation(of: flag, written)
        checkValues(of: flag, written)
    }

    /// Reports a flag that is in the section twice, under whatever names.
    private func note(_ written: WrittenFlag, as name: String, _ seen: inout [String: WrittenFlag]) {
        guard !written.isOff else { return }
        let whole = name.prefix { $0 != "." }
        let other =
            whole.count < name.count
            ? seen[String(whole)] : seen.first { $0.key.hasPrefix(name + ".") }?.value
        let earlier = seen[name] ?? other
        if let earlier { reportBoth(written, earlier) }
        seen[name] = written
    }

    private func reportBoth(_ later: WrittenFlag, _ earlier: WrittenFlag) {
        log.error(
            at: later.name.mark,
            "'\(later.name.value)' sets the same flag as '\(earlier.name.value)' \(earlier.name.mark.words); keep one of them"
        )
    }

    private func checkDeprecation(of flag: EngineFlag, _ written: WrittenFlag) {
        guard let words = flag.deprecation, !written.isOff else { return }
        let why = words.isEmpty ? "" : ": \(words)"
        log.warning(at: written.name.mark, "'\(written.name.value)' is deprecated in \(known.engine)\(why)")
    }

    // MARK: Values

    private func checkSwitch(_ written: WrittenFlag) {
        guard let value = written.values.first(where: { $0.value != nil }), !written.isOff, !written.isUnreadable else {
            return
        }
        let name = written.name.value
        log.error(
            at: value.mark,
            "'\(name)' of \(known.engine) takes no value, found \(quoted(value.value ?? "")); write '\(name): true'")
    }

    private func checkValues(of flag: EngineFlag, _ written: WrittenFlag) {
        guard !written.isUnreadable else { return }
        let name = written.name.value
        if written.isOff {
            guard flag.isOn, let off = flag.negations.first else { return }
            return log.warning(
                at: written.values[0].mark,
                "'\(name): false' only leaves the flag out, and \(known.engine) has it on; to switch it off, "
                    + "write '\(off): true'")
        }
        if flag.takes == .nothing { return checkSwitch(written) }
        if written.isList, written.values.count > 1, flag.takes != .several, !flag.repeats {
            return log.error(at: written.name.mark, "'\(name)' of \(known.engine) takes one value, not a list")
        }
        for value in written.values {
            guard let text = value.value else {
                if flag.takes == .optional { continue }
                log.error(at: value.mark, "'\(name)' of \(known.engine) needs a value\(expectation(of: flag, ", "))")
                continue
            }
            check(text, of: flag, name, at: value.mark)
        }
    }

    private func check(_ text: String, of flag: EngineFlag, _ name: String, at mark: Mark) {
        if let choices = flag.choices {
            let folded = flag.foldsCase == true ? text.lowercased().replacing("-", with: "_") : text
            guard !choices.contains(folded), !choices.contains(text), !(text.isEmpty && choices.contains("None")) else {
                return
            }
            return log.error(
                at: mark,
                "'\(name)' of \(known.engine) does not take \(quoted(text))"
                    + suggestion(for: text, among: choices, listedAs: "it takes"))
        }
        for key in flag.strangeKeys(in: text) { reportPart(key, of: flag, at: mark) }
        guard !flag.takes(text) else { return }
        log.error(at: mark, "'\(name)' of \(known.engine) takes \(flag.expectation), found \(quoted(text))")
    }

    /// `, one of 'a', 'b'`
    private func expectation(of flag: EngineFlag, _ lead: String) -> String {
        guard let choices = flag.choices else {
            return flag.accepts?.contains(.word) ?? true ? "" : lead + flag.expectation
        }
        return "\(lead)one of \(choices.joined(separator: ", "))"
    }

    private func reportPart(_ key: String, of flag: EngineFlag, at mark: Mark) {
        log.error(
            at: mark,
            "'\(flag.name)' of \(known.engine) has no part '\(key)'"
                + suggestion(for: key, among: flag.keys ?? [], listedAs: "its parts are"))
    }

    /// Checks a part of a flag's JSON, such as `mode` of `compilation-config.mode`.
    private func check(_ part: String, of flag: EngineFlag, _ written: WrittenFlag) {
        let name = written.name.value
        guard flag.takesObjects, flag.accepts?.contains(.word) != true || flag.accepts?.contains(.braces) != true else {
            return log.error(
                at: written.name.mark, "'\(flag.name)' of \(known.engine) has no parts, so '\(name)' is not a flag")
        }
        checkDeprecation(of: flag, written)
        let key = part.prefix { $0 != "." }
        if flag.keys?.contains(String(key)) == false { reportPart(String(key), of: flag, at: written.name.mark) }
        guard !written.isOff, !written.isUnreadable else { return }
        if written.isList {
            log.error(at: written.name.mark, "'\(name)' takes one value; write a list as JSON in quotes: '[1, 2]'")
        } else if let value = written.values.first, value.value == nil {
            log.error(at: value.mark, "'\(name)' of \(known.engine) needs a value; for true, write '\"true\"'")
        }
    }
}

extension FlagMeaning {
    /// The flag that is meant; nil if that is unknown.
    fileprivate var flag: EngineFlag? {
        switch self {
        case .flag(let flag), .negation(let flag), .part(_, let flag), .alias(_, let flag), .abbreviation(_, let flag):
            flag
        case .ambiguous, .unknown: nil
        }
    }
}
