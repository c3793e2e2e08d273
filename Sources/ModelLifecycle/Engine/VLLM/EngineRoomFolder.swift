import Foundation
import Support

/// A directory for one engine process, short enough for socket paths below it, and removed with the process.
struct EngineRoomFolder {
    let path: String
    /// Added to PYTHONPATH.
    var plugins: String { path + "/plugins" }

    var gate: String { path + "/gate" }

    /// - Throws: ``FileFailure``.
    static func make() throws -> EngineRoomFolder {
        let named = ProcessInfo.processInfo.environment["TMPDIR"] ?? ""
        // A socket's path has at most 107 bytes, of which vLLM's names take up to 60.
        let base = named.hasPrefix("/") && named.utf8.count <= 32 ? named : "/tmp"
        var template = Array("\(base)/rsd-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw FileFailure(path: base, errno: errno)
        }
        return EngineRoomFolder(path: String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    /// Writes a plugin's files as an installed package, which vLLM finds by its entry points.
    func write(_ plugin: EnginePlugin) throws {
        for (name, content) in plugin.files {
            let file = URL(filePath: plugins).appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(content.utf8).write(to: file)
        }
    }

    /// The environment that an engine needs to find a plugin written here.
    ///
    /// - Parameter given: its environment otherwise.
    func environment(for plugin: EnginePlugin, beside given: [String: String]) -> [String: String] {
        var environment: [String: String] = [:]
        let path = given["PYTHONPATH"] ?? ""
        let isThere = path.split(separator: ":").contains { $0 == plugins }
        environment["PYTHONPATH"] = isThere ? path : ([plugins] + (path.isEmpty ? [] : [path])).joined(separator: ":")
        // If the user lists the plugins to load, ours must be in the list.
        if let list = given["VLLM_PLUGINS"], !list.isEmpty { environment["VLLM_PLUGINS"] = list + "," + plugin.name }
        return environment
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }
}
