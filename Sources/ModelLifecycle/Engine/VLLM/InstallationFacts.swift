import Foundation

/// What is installed where vLLM was found, read without importing vLLM or PyTorch.
package struct InstallationFacts: Sendable, Hashable, Codable {
    /// The version of Python.
    package var python: String
    package var executable: String
    /// The processor architecture of Python: `x86_64`.
    package var machine: String
    /// nil if vLLM is not installed there.
    package var vllm: String?
    /// The folder of vLLM's package.
    package var folder: String?
    package var torch: String?
    /// The version of CUDA that PyTorch was built for; nil for other builds.
    package var cuda: String?
    /// The version of ROCm that PyTorch was built for; nil for other builds.
    package var hip: String?
    /// Names of vLLM's plugins.
    package var plugins: [String]
    /// Versions of further packages by name.
    package var packages: [String: String?]
    /// Changes with whatever is installed, upgraded or removed.
    var state: [String]

    /// Whether vLLM is its CPU build.
    package var isCPUBuild: Bool { vllm.map { VLLMVersion($0).isCPUBuild } ?? false }
}

/// What a script printed after a mark, among whatever else a site's startup code printed.
enum MarkedLine {
    static func value<Value: Decodable>(of type: Value.Type, after mark: String, in text: String) -> Value? {
        let line = text.split(whereSeparator: \.isNewline).last { $0.hasPrefix(mark) }
        return line.flatMap { try? JSONDecoder().decode(type, from: Data($0.dropFirst(mark.count).utf8)) }
    }
}
