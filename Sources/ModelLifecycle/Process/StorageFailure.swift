import Foundation

/// A file beside the engines, such as a log or a temporary folder, that could not be made or written.
package struct StorageFailure: Error, Sendable, Hashable, CustomStringConvertible {
    package let path: String
    package let code: Int32

    package init(path: String, code: Int32) {
        self.path = path
        self.code = code
    }

    package var description: String { "\(path): \(String(cString: strerror(code)))" }
}
