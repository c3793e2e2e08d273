import Foundation
import Support

/// NVIDIA's driver, as far as it tells about itself.
package struct GPUDriver: Sendable, Hashable {
    /// `580.65.06`
    package var version: String?
    /// The newest CUDA that it supports.
    package var cuda: CUDAVersion?

    package init(version: String?, cuda: CUDAVersion?) { (self.version, self.cuda) = (version, cuda) }

    /// - Parameter environment: whose `PATH` has `nvidia-smi`, if the driver's library cannot be loaded.
    /// - Returns: nil if there is no driver.
    /// - Throws: ``GPUUnmeasurable`` if it does not respond.
    package static func read(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws(GPUUnmeasurable) -> GPUDriver? {
        if let driver = try await NVMLReader().driver() { return driver }
        return try await NvidiaSMI(on: SearchPath(environment)).driver()
    }

    /// The header of nvidia-smi's output: `Driver Version: 550.54.15      CUDA Version: 12.4`.
    init?(smi text: String) {
        version = text.firstMatch(of: /Driver Version: *([\d.]+)/).map { String($0.1) }
        cuda = text.firstMatch(of: /CUDA Version: *([\d.]+)/).flatMap { CUDAVersion(String($0.1)) }
        if version == nil { return nil }
    }
}

/// A version of CUDA.
package struct CUDAVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    package var major: Int
    package var minor: Int

    /// - Parameter text: `12.8`, `13`
    package init?(_ text: String) {
        let parts = text.split(separator: ".").map { Int($0) }
        guard let major = parts.first ?? nil else { return nil }
        (self.major, minor) = (major, parts.count > 1 ? parts[1] ?? 0 : 0)
    }

    /// - Parameter number: as in CUDA's own interface: 12080 for 12.8.
    init?(number: Int) {
        guard number >= 1000 else { return nil }
        (major, minor) = (number / 1000, number % 1000 / 10)
    }

    package static func < (one: CUDAVersion, other: CUDAVersion) -> Bool {
        (one.major, one.minor) < (other.major, other.minor)
    }

    package var description: String { "\(major).\(minor)" }

    /// The oldest drivers for Linux that run programs built for this major version (CUDA's release notes, table 2).
    package var oldestDriver: String? { [11: "450.80.02", 12: "525.60.13", 13: "580.65.06"][major] }
}
