import Foundation
import TestSupport
import Testing

@testable import Hub
@testable import ModelLifecycle

/// With shell scripts in place of Pythons.
@Suite("The search for a Python with a module") struct PythonSearchTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch(inMemory: true) }

    /// - Parameter modules: what it has, with their versions.
    private func python(_ name: String, with modules: [String: String] = [:]) throws {
        let cases = modules.map { #"*'"\#($0.key)"'*) echo noise; echo; echo \#($0.value);;"# }.joined(separator: "\n")
        let vllm = modules["vllm"] == nil ? "" : "*\"'vllm'\"*) exit 0;;"
        let text = "#!/bin/sh\ncase \"$2\" in\n\(cases)\n\(vllm)\n*) exit 1;;\nesac\n"
        try FileManager.default.createDirectory(
            at: scratch.file(name).deletingLastPathComponent(), withIntermediateDirectories: true)
        try Script.write(text, to: scratch.file(name))
    }

    private func script(_ name: String, _ text: String) throws {
        try FileManager.default.createDirectory(
            at: scratch.file(name).deletingLastPathComponent(), withIntermediateDirectories: true)
        try Script.write(text, to: scratch.file(name))
    }

    private func search(_ folders: [String], venv: String? = nil, _ variables: [String: String] = [:]) async throws
        -> PythonSearch.Found?
    {
        let path = folders.map(scratch.path).joined(separator: ":")
        let environment = ["PATH": path].merging(variables) { $1 }
        let vllm = VLLMInstallation(venv: venv, environment: environment, standardFolder: scratch.path("standard"))
        return try await PythonSearch(environment: environment, vllm: vllm)
            .first(with: "huggingface_none", behind: ["hf", "huggingface-cli"])
    }

    @Test("vLLM's Python comes first, wherever vLLM is found")
    func besideVLLM() async throws {
        try python("other/python3", with: ["huggingface_none": "0.1"])
        for place in ["venv/bin", "standard/bin"] {
            try python("\(place)/python", with: ["huggingface_none": "2.4.0", "vllm": "0.32.0"])
        }
        let expected = PythonSearch.Found(python: scratch.path("venv/bin/python"), version: "2.4.0")
        #expect(try await search(["other"], venv: scratch.path("venv")) == expected)
        #expect(try await search(["other"], ["RSD_BATCH_VLLM": scratch.path("venv")]) == expected)
        try script("venv/bin/vllm", "#!/bin/sh\n")
        #expect(try await search(["venv/bin", "other"]) == expected)
        #expect(try await search(["other"])?.python == scratch.path("standard/bin/python"))
    }

    @Test("without vLLM, or without the module beside it, a Python on PATH is taken")
    func onPath() async throws {
        try python("one/python3")
        try python("two/python", with: ["huggingface_none": "0.36.2"])
        #expect(try await search(["one", "two"])?.python == scratch.path("two/python"))
        try python("standard/bin/python", with: ["vllm": "0.32.0"])
        #expect(try await search(["one", "two"])?.python == scratch.path("two/python"))
        #expect(try await search(["one", "two"], venv: "/nowhere")?.version == "0.36.2")
    }

    @Test("the Python behind a program counts: by its first lines, through links, and beside it")
    func behindPrograms() async throws {
        try python("one/python3")
        try python("one/python")
        try python("tools/hf/bin/python", with: ["huggingface_none": "1.0"])
        let hidden = scratch.path("tools/hf/bin/python")
        for text in ["#!\(hidden)\n", "#!/bin/sh\n'''exec' \"\(hidden)\" \"$0\" \"$@\"\n' '''\n", "#!/bin/sh\n"] {
            try script("tools/hf/bin/hf", text)
            try? FileManager.default.removeItem(at: scratch.file("one/hf"))
            try FileManager.default.createSymbolicLink(
                atPath: scratch.path("one/hf"), withDestinationPath: scratch.path("tools/hf/bin/hf"))
            #expect(try await search(["one"])?.python == hidden, "\(text)")
        }
        try FileManager.default.removeItem(at: scratch.file("one/hf"))
        #expect(try await search(["one"]) == nil)
        try script("one/huggingface-cli", "#!\(hidden)\n")
        #expect(try await search(["one"])?.python == hidden)
        try python("two/python3.99", with: ["huggingface_none": "1.0"])
        try script("one/huggingface-cli", "#!/usr/bin/env python3.99\n")
        #expect(try await search(["one", "two"])?.python == scratch.path("two/python3.99"))
    }
}
