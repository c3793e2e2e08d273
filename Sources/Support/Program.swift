import Foundation

/// Facts about the program itself.
package enum Program {
    package static let version = "0.1.0"

    /// The executable's own path, without links; nil if the system does not say.
    package static var path: String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    }

    /// A file of the release such as `jobs/demo.yaml`, wherever the program is installed; nil if it is not there.
    package static func file(_ name: String) -> String? {
        path.flatMap { file(name, of: $0) }
    }

    /// - Parameter program: in `bin` of the release tarball or the wheel; in `bin` beside `share`, as `make install` puts it; or
    ///   three folders below the repository, as built there.
    package static func file(_ name: String, of program: String) -> String? {
        let folder = (program as NSString).deletingLastPathComponent
        return ["..", "../share/rsd-batch", "../../.."]
            .map { ("\(folder)/\($0)/\(name)" as NSString).standardizingPath }
            .first { FileManager.default.fileExists(atPath: $0) }
    }
}
