import Foundation

/// A folder of one engine process's own, short enough for sockets below it, and removed with the process.
struct EngineRoomFolder {
    let path: String
    /// Goes onto PYTHONPATH.
    var plugins: String { path + "/plugins" }

    /// - Throws: ``StorageFailure``.
    static func make() throws -> EngineRoomFolder {
        let named = ProcessInfo.processInfo.environment["TMPDIR"] ?? ""
        // A socket's path has 107 bytes, of which vLLM's names take up to 60.
        let base = named.hasPrefix("/") && named.utf8.count <= 32 ? named : "/tmp"
        var template = Array("\(base)/rsd-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw StorageFailure(path: base, code: errno)
        }
        return EngineRoomFolder(path: String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    /// Lays a plugin's files out as an installed package: vLLM finds it by its entry points.
    func write(_ plugin: EnginePlugin) throws {
        for (name, content) in plugin.files {
            let file = URL(filePath: plugins).appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(content.utf8).write(to: file)
        }
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }
}
