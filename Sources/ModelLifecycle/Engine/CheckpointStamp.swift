import Foundation

/// A model's directory and its files at one moment, as far as they can be identified without reading them.
struct CheckpointStamp: Sendable, Hashable {
    let text: String

    init(_ path: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let files = names.sorted().map { name in
            var status = stat()
            guard stat("\(path)/\(name)", &status) == 0 else { return name }
            return "\(name) \(status.st_size) \(status.st_mtim.tv_sec)"
        }
        text = ([path] + files).joined(separator: "; ")
    }
}
