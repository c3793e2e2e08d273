import Foundation

/// A file beside the engines, such as a log or a temporary folder, that could not be made or written.
public struct StorageFailure: Error, Sendable, Hashable, CustomStringConvertible {
    public let path: String
    public let code: Int32

    public init(path: String, code: Int32) {
        self.path = path
        self.code = code
    }

    public var description: String { "\(path): \(String(cString: strerror(code)))" }
}
