import Decoding
import Foundation
import PacedEngine

/// A folder with the programs, data and jobs of a measurement.
struct PaceFolder: Sendable {
    let root: URL

    init() throws {
        root = FileManager.default.temporaryDirectory.appending(path: "rsd-pace-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(at: root) }

    /// A copy of an `rsd-batch`, with a copy of this program in the place of its engine.
    ///
    /// - Parameter number: of the program.
    func install(_ program: String, number: Int, place: PaceProcess.Place?) throws -> URL {
        let files = FileManager.default
        let folder = root.appending(path: "program-\(number)")
        let copy = folder.appending(path: "rsd-batch")
        if !files.fileExists(atPath: copy.path) {
            try files.createDirectory(at: folder, withIntermediateDirectories: true)
            try files.copyItem(at: URL(filePath: program).resolvingSymlinksInPath(), to: copy)
            let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
            try files.copyItem(at: own, to: folder.appending(path: "rsd-pocket"))
        }
        if let place {
            try JSONEncoder().encode(place).write(to: PaceProcess.Place.file(in: folder), options: .atomic)
        }
        return copy
    }

    /// Writes a data set of synthetic problems.
    static func write(_ problems: [SyntheticProblem], _ tokenizer: PacedTokenizer, to file: URL) throws {
        let lines = problems.map {
            #"{"id":"\#($0.number)","question":"\#(tokenizer.decode($0.question))","answer":"\#($0.number)"}"#
        }
        try (lines.joined(separator: "\n") + "\n").write(to: file, atomically: true, encoding: .utf8)
    }

    /// Writes a job.
    ///
    /// - Parameters:
    ///   - engine: the YAML of its `engine` section, in braces.
    ///   - models: their folder.
    ///   - keys: more YAML of each model.
    func writeJob(
        _ name: String, engine: String, models: URL, keys: [Role: String], data: URL, threshold: Double, maxTokens: Int
    ) throws -> URL {
        func model(_ role: Role) -> String {
            let profile = role == .prm ? ", profile: token-classification" : ""
            return
                #"  \#(role.rawValue): { model: "\#(models.path)/\#(role.rawValue)"\#(profile)\#(keys[role] ?? "") }"#
        }
        let job = root.appending(path: "\(name).yaml")
        try """
        name: \(name)
        models:
        \(PacedMachine.roles.map(model).joined(separator: "\n"))
        engine: \(engine)
        datasets: [{ name: d, path: "\(data.path)", id: id }]
        prompt: "{question}\\n\\n"
        decoding: { max_tokens: \(maxTokens), max_steps: 100 }
        methods: [{ rsd: { threshold: \(threshold) } }]
        """.write(to: job, atomically: true, encoding: .utf8)
        return job
    }
}
