import Foundation

/// The directories of `PATH`.
package struct SearchPath: Sendable {
    private let folders: [String]

    /// - Parameter text: as in the environment. Relative directories are ignored, since the program may be run from
    ///   elsewhere.
    package init(_ text: String?) {
        folders = (text ?? "").split(separator: ":").filter { $0.hasPrefix("/") }.map(String.init)
    }

    package init(_ environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.init(environment["PATH"])
    }

    /// The absolute path of the first program with this name.
    package func program(_ name: String) -> String? {
        folders.map { "\($0)/\(name)" }.first(where: Self.isProgram)
    }

    /// Whether this is an executable file; a directory is not.
    package static func isProgram(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && !isDirectory.boolValue
            && FileManager.default.isExecutableFile(atPath: path)
    }
}
