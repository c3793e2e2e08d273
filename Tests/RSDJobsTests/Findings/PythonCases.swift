import Foundation
import TestSupport

@testable import ModelLifecycle

/// A wrong `venv`, made in a scratch directory.
struct PythonCase: Sendable {
    var title: String
    var make: @Sendable (Scratch) throws -> Void

    static let all: [PythonCase] = [
        PythonCase(title: "a venv that does not exist") { _ in },
        PythonCase(title: "a directory that is not a venv") { try $0.write("", to: "venv/readme.txt") },
        PythonCase(title: "a venv without its Python") { try $0.write("", to: "venv/pyvenv.cfg") },
        PythonCase(title: "a venv whose Python is gone") { scratch in
            try scratch.write("", to: "venv/pyvenv.cfg")
            try FileManager.default.createDirectory(at: scratch.file("venv/bin"), withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: scratch.path("venv/bin/python"), withDestinationPath: "/gone/bin/python3.12")
        },
        PythonCase(title: "a file that is not a program") { try $0.write("text", to: "venv") },
        PythonCase(title: "a Python without vLLM") { scratch in
            let words = "importlib.metadata.PackageNotFoundError: No package metadata was found for vllm"
            try scratch.write("", to: "venv/bin/x")
            try Script.write("#!/bin/sh\necho '\(words)'; exit 1\n", to: scratch.file("venv/bin/python"))
        },
        PythonCase(title: "a Python that breaks") { scratch in
            try scratch.write("", to: "venv/bin/x")
            try Script.write(
                "#!/bin/sh\necho 'ImportError: libpython'; exit 127\n", to: scratch.file("venv/bin/python"))
        },
        PythonCase(title: "a Python for another processor") { scratch in
            // The head of an ELF file for IBM's S/390, which no test runs on.
            var head = Data([0x7F, 0x45, 0x4C, 0x46, 2, 2, 1, 0]) + Data(count: 8) + Data([0, 2, 0, 22])
            head += Data(count: 100)
            try scratch.write("", to: "venv/bin/x")
            try head.write(to: scratch.file("venv/bin/python"))
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: scratch.path("venv/bin/python"))
        },
        PythonCase(title: "an old vLLM") { scratch in
            try scratch.write("", to: "venv/bin/x")
            try Script.write("#!/bin/sh\necho 0.8.5\n", to: scratch.file("venv/bin/python"))
        },
    ]

    /// What an installation says, without the scratch directory's name and the machine's processor.
    func message() async throws -> String {
        let scratch = try Scratch()
        try make(scratch)
        let installation = VLLMInstallation(venv: scratch.path("venv"), environment: [:], standardFolder: "/none")
        do {
            return "vLLM \(try await installation.version())"
        } catch let error as EngineError {
            return error.explanation.labelled.replacing(scratch.url.path + "/", with: "")
                .replacing(/this machine has [A-Za-z0-9-]+/, with: "this machine has others")
                .replacing(/(Exec format error|cannot execute)[^.]*/, with: "Exec format error")
        }
    }
}
