import Foundation

/// The cache of the Hugging Face libraries on this machine, whose layout is documented as "Understand caching" of
/// `huggingface_hub`. It is only read here; that library writes it.
package struct HubCache: Sendable, Hashable {
    /// Absolute path; there may be nothing yet.
    package let folder: String

    package init(folder: String) {
        self.folder = folder
    }

    /// The cache that `huggingface_hub` uses in this environment (`huggingface_hub/constants.py`).
    package init(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        workingDirectory: String = FileManager.default.currentDirectoryPath
    ) {
        let caches = environment["XDG_CACHE_HOME"] ?? "~/.cache"
        let home = environment["HF_HOME"] ?? Self.join(caches, "huggingface")
        let hub = environment["HF_HUB_CACHE"] ?? environment["HUGGINGFACE_HUB_CACHE"] ?? Self.join(home, "hub")
        let path = Self.expanded(hub, environment)
        folder = URL(filePath: Self.join(workingDirectory, path)).standardizedFileURL.path
    }

    /// As Python joins paths: an absolute path stands alone.
    private static func join(_ folder: String, _ path: String) -> String {
        if path.hasPrefix("/") || folder.isEmpty { return path }
        return folder.hasSuffix("/") ? folder + path : folder + "/" + path
    }

    /// As Python's `expanduser` and `expandvars`: unknown variables stay as they are.
    private static func expanded(_ path: String, _ environment: [String: String]) -> String {
        var path = path
        if path == "~" || path.hasPrefix("~/") {
            path = (environment["HOME"] ?? NSHomeDirectory()) + path.dropFirst()
        } else if path.hasPrefix("~") {
            path = NSString(string: path).expandingTildeInPath
        }
        return path.replacing(/\$(?:([A-Za-z0-9_]+)|\{([^}]*)\})/) { match in
            environment[String(match.1 ?? match.2 ?? "")] ?? String(match.0)
        }
    }

    /// The folder of a repository: `models--Qwen--Qwen2.5-Math-1.5B-Instruct`.
    package func folder(of repository: HubRepository) -> HubFolder {
        HubFolder(repository, path: folder + "/" + repository.folderName)
    }
}
