import Foundation
import Methods
import Support

/// The method that the others are tested against.
struct Reference {
    var run: Int
    var method: String
    /// `run/method`.
    var name: String

    private typealias Candidate = (run: Int, method: String, names: [String])

    init(_ wanted: String?, among runs: [(label: String, run: ComparedRun)]) throws(UnknownReference) {
        let candidates = runs.enumerated().flatMap { place, run in
            run.run.methods.map { method -> Candidate in
                // By its directory too, as shells complete it.
                let path = run.run.path.hasSuffix("/") ? String(run.run.path.dropLast()) : run.run.path
                let names = [run.label, path, run.run.directory.url.path].map { "\($0)/\(method)" }
                return (place, method, names)
            }
        }
        let found: Candidate
        if let wanted {
            found = try Self.find(wanted, among: candidates)
        } else {
            let identity = runs[0].run.manifest.identity
            let alone = candidates.first { $0.run == 0 && identity["methods.\($0.method).kind"] == "target_only" }
            guard let first = alone ?? candidates.first else {
                throw UnknownReference(name: "", known: [], matches: 0)
            }
            found = first
        }
        (run, method, name) = (found.run, found.method, found.names[0])
    }

    private static func find(_ wanted: String, among candidates: [Candidate]) throws(UnknownReference) -> Candidate {
        if let named = candidates.first(where: { $0.names.contains(wanted) }) { return named }
        let called = candidates.filter { $0.method == wanted }
        if called.count == 1 { return called[0] }
        throw UnknownReference(
            name: wanted, known: (called.isEmpty ? candidates : called).map { $0.names[0] }, matches: called.count)
    }
}

/// No method of the runs is meant by this name, or several are.
package struct UnknownReference: ProgramError, Equatable {
    package var name: String
    /// The methods that it may mean, as `run/method`.
    package var known: [String]
    /// How many methods have this name.
    package var matches: Int

    package init(name: String, known: [String], matches: Int) {
        (self.name, self.known, self.matches) = (name, known, matches)
    }

    package var explanation: Explanation {
        guard matches == 0 else {
            return Explanation(
                "no-method", .badJob, "\(matches) runs have a method called \(quoted(name))",
                remedy: "Name one of them with --against: \(known.map(\.shellWord).joined(separator: ", ")).")
        }
        // Compared as methods too, since a mistyped method is nearer to a method than to a run and a method.
        let methods = known.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
        let near = nearest(to: name, among: known + methods).map { "; did you mean '\($0)'?" }
        return Explanation(
            "no-method", .badJob, "none of the runs has a method called \(quoted(name))\(near ?? "")",
            remedy: known.isEmpty ? nil : "There are \(known.map(\.shellWord).joined(separator: ", ")).")
    }
}
