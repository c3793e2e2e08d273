import Foundation

/// The reason why a file cannot be used.
package struct Unreadable: Error, Sendable {
    package var message: String

    package init(message: String) {
        self.message = message
    }

    /// A file that could not be read.
    package init(_ path: String) {
        var isDirectory: ObjCBool = false
        if !FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) {
            message = "there is no file \(path)"
        } else {
            message = isDirectory.boolValue ? "\(path) is a directory, not a file" : "\(path) cannot be read"
        }
    }
}
