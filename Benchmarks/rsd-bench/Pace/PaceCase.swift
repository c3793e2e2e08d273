import ArgumentParser
import Decoding
import Foundation
import PacedEngine

/// One set-up that is measured.
struct PaceCase: Sendable {
    var gpu: GPU
    var devices: PacedMachine.Devices
    var models: [PacedModel]?
    /// As in a job: `attach`, `share`, `swap` or `sleep`.
    var residency: String

    static let residencies = ["attach", "share", "swap", "sleep"]
    var problems: Int
    var threshold: Double

    var machine: PacedMachine {
        PacedMachine(
            gpu, devices: devices, models: models, isShared: residency == "share" || residency == "attach")
    }

    /// The `engine` section of its job.
    func engine() -> String {
        // A server that is attached does not tell what it runs at once; an engine that is started does by its flags.
        residency == "attach"
            ? "{ kind: vllm, residency: attach }"
            : "{ kind: pocket, residency: \(residency), args: { threads: \(gpu.sequences) }, start_timeout: 36000 }"
    }

    /// Of each model in its job.
    func keys(_ ports: [Role: UInt16]) -> [Role: String] {
        Dictionary(
            uniqueKeysWithValues: PacedMachine.roles.map { role in
                let url = ports[role].map { ", url: \"http://127.0.0.1:\($0)\"" } ?? ""
                return (role, ", context: \(PaceServer.contextLength)" + url)
            })
    }
}

/// Who is measured.
enum PaceContender: Sendable {
    /// The authors' loop; needs engines that are all up.
    case authors
    /// A program with `--set` settings.
    case runner(name: String, program: String, number: Int, settings: [String])

    /// - Parameter words: paths of programs, each with settings after `@`.
    static func runners(_ words: [String]) -> [PaceContender] {
        words.enumerated().map { number, words in
            let parts = words.split(separator: "@").map(String.init)
            return .runner(name: parts[0], program: parts[0], number: number, settings: Array(parts.dropFirst()))
        }
    }

    /// - Throws: `ValidationError` if there is nothing to measure, or a program is missing.
    static func check(_ words: [String], authors: Bool) throws {
        guard authors || !words.isEmpty else { throw ValidationError("name a --binary, or the authors' loop") }
        for word in words {
            let path = String(word.prefix { $0 != "@" })
            guard FileManager.default.isExecutableFile(atPath: path) else {
                throw ValidationError("there is no program \(path)")
            }
        }
    }

    var name: String {
        switch self {
        case .authors: "authors' loop"
        case .runner(let name, _, _, let settings): ([name] + settings).joined(separator: " ")
        }
    }
}

/// A measurement of one contender in one case.
struct PaceSample: Sendable {
    /// Seconds of the machine.
    var wall: Double
    /// Processor seconds of the client.
    var cpu: Double
    /// Steps that the target wrote in the results.
    var targetSteps: Int
    var figures: PaceFigures
}
