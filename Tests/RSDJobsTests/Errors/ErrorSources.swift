import Foundation
import RunnerSupport

/// The program's source text, searched for its error types.
struct ErrorSources {
    static let shared = Result { try ErrorSources() }

    /// `ProgramError`s, by module and name, such as `RunStore.RunLocked`.
    private(set) var own: Set<String> = []
    /// Errors that are none.
    private(set) var inner: Set<String> = []
    /// Protocols that are errors.
    private(set) var protocols: Set<String> = []
    /// The names of types whose values are thrown.
    private(set) var thrown: Set<String> = []
    /// The names of types that are caught by name or are all that a function throws, and of private ones whose file drops errors.
    private(set) var handled: Set<String> = []

    /// The pocket engine is a program of its own, which imports nothing of this one.
    private static let elsewhere = ["PocketEngine", "rsd-pocket"]

    private init() throws {
        let folder = Programs.repository.appending(path: "Sources")
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        for name in names where name.hasSuffix(".swift") {
            let module = String(name.prefix { $0 != "/" })
            if Self.elsewhere.contains(module) { continue }
            let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            try read(text, module: module.replacing("-", with: "_"))
        }
        inner.subtract(own)
    }

    private mutating func read(_ text: String, module: String) throws {
        let declarations = try Self.matches(
            #"\b(struct|enum|class|actor|extension|protocol) (?:\w+\.)*(\w+)(?:<[^>]*>)?\s*:([^{}]*)\{"#, in: text)
        for declaration in declarations {
            let (keyword, type) = (declaration[0], declaration[1])
            let parents = declaration[2].split { !$0.isLetter }
            guard parents.contains(where: { ["Error", "LocalizedError", "ProgramError"].contains($0) }) else {
                continue
            }
            if keyword == "protocol" {
                protocols.insert("\(module).\(type)")
            } else if parents.contains("ProgramError") {
                own.insert("\(module).\(type)")
            } else {
                inner.insert("\(module).\(type)")
            }
            if text.contains("private struct \(type): Error"), text.contains("try?") { handled.insert(type) }
        }
        let throwing = #"\bthrow (?:\w+\.)*?([A-Z]\w*)(?:\.[a-z]\w*)?\("#
        thrown.formUnion(try Self.matches(throwing, in: text).map { $0[0] })
        let catching = #"(?:throws\(|\bas\?? |\bis )(?:\w+\.)*(\w+)"#
        handled.formUnion(try Self.matches(catching, in: text).map { $0[0] })
    }

    /// The groups of each match. Swift's own expressions take a minute for these in a debug build.
    private static func matches(_ pattern: String, in text: String) throws -> [[String]] {
        let whole = NSRange(text.startIndex..., in: text)
        return try NSRegularExpression(pattern: pattern).matches(in: text, range: whole).map { match in
            (1..<match.numberOfRanges).map { Range(match.range(at: $0), in: text).map { String(text[$0]) } ?? "" }
        }
    }
}
