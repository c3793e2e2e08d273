import OrderedCollections
import Support

/// The diagnostics of a data set: each kind of fault once, at its first place, with the number of records that have it.
struct RepeatedFaults {
    /// Limit on the kinds of faults reported per data set; records with other faults are only counted.
    private static let mostKinds = 10

    private struct Fault {
        var diagnostic: Diagnostic
        /// Further records with the same fault.
        var more = 0
    }

    let file: String
    private var errors: OrderedDictionary<String, Fault> = [:]
    private var warnings: OrderedDictionary<String, Fault> = [:]
    private var leftOut = 0

    init(file: String) {
        self.file = file
    }

    var hasErrors: Bool { !errors.isEmpty }

    /// Errors in the order of their first lines, and one that counts the rest; then warnings.
    var diagnostics: [Diagnostic] {
        var all = errors.values.map(Self.told)
        if leftOut > 0 { all.append(Diagnostic(file: file, message: "and \(leftOut) more", count: leftOut)) }
        return all + warnings.values.map(Self.told)
    }

    /// - Parameter diagnostic: evaluated only if it will be reported.
    mutating func add(_ kind: String, _ diagnostic: @autoclosure () -> Diagnostic) {
        if errors[kind] != nil {
            errors[kind]?.more += 1
        } else if errors.count < Self.mostKinds {
            errors[kind] = Fault(diagnostic: diagnostic())
        } else {
            leftOut += 1
        }
    }

    mutating func add(_ fault: RecordFault) {
        let diagnostic = Diagnostic(
            file: file, line: fault.line, column: fault.column, message: fault.message, sourceLine: fault.sourceLine)
        add(fault.message.kindOfMessage, diagnostic)
    }

    mutating func warn(_ kind: String, _ message: String, line: Int) {
        let first = Fault(diagnostic: Diagnostic(.warning, file: file, line: line, message: message), more: -1)
        warnings[kind, default: first].more += 1
    }

    private static func told(_ fault: Fault) -> Diagnostic {
        var diagnostic = fault.diagnostic
        if fault.more > 0 {
            diagnostic.message += " (and \(counted(fault.more, "more record")) like this one)"
        }
        return diagnostic
    }
}
