import Foundation

/// Why a path is neither a virtual environment nor a Python.
enum VenvFault {
    /// - Parameter path: as the user gave it, without a usable Python.
    /// - Returns: one sentence, beginning with the path.
    static func sentence(_ path: String) -> String {
        let python = path + "/bin/python"
        if let target = dangling(python) {
            return
                "\(python) is a link to \(target), which no longer exists; the virtual environment must be created again"
        }
        if let target = dangling(path) { return "\(path) is a link to \(target), which does not exist" }
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            return "\(path) does not exist"
        }
        guard isDirectory.boolValue else { return "\(path) is not an executable file" }
        if FileManager.default.fileExists(atPath: python) { return "\(python) is not an executable file" }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        if names.contains("pyvenv.cfg") { return "\(path) is a damaged virtual environment: it has no bin/python" }
        return "\(path) is not a virtual environment: it has no bin/python"
    }

    /// The target of a link that leads nowhere; nil for anything else.
    private static func dangling(_ path: String) -> String? {
        guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path),
            !FileManager.default.fileExists(atPath: path)
        else { return nil }
        return target
    }

    /// The kinds of processor that a program is built for and that this machine has, if they differ.
    static func foreignProcessor(of program: String) -> (program: String, machine: String)? {
        guard let its = processor(of: program), let ours = processor(of: "/proc/self/exe"), its != ours else {
            return nil
        }
        return (name(its), name(ours))
    }

    /// `e_machine` of an ELF file; nil for scripts and others.
    private static func processor(of path: String) -> Int? {
        let head = (try? FileHandle(forReadingFrom: URL(filePath: path)))?.readData(ofLength: 20) ?? Data()
        guard head.count == 20, head.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else { return nil }
        let bytes = [UInt8](head)
        return bytes[5] == 2 ? Int(bytes[18]) << 8 | Int(bytes[19]) : Int(bytes[19]) << 8 | Int(bytes[18])
    }

    private static func name(_ machine: Int) -> String {
        [3: "x86", 21: "ppc64", 40: "arm", 62: "x86-64", 183: "aarch64", 243: "RISC-V"][machine] ?? "other"
    }
}
