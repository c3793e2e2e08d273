import Foundation

/// Queries the driver with `nvidia-smi`, for machines where its library cannot be loaded.
struct NvidiaSMI: GPUReader {
    private let executable: String?
    private let limit: Duration

    init(on path: SearchPath, limit: Duration = .seconds(30)) {
        executable = path.program("nvidia-smi")
        self.limit = limit
    }

    func read() async throws(GPUUnmeasurable) -> [PhysicalGPU]? {
        guard let executable else { return nil }
        let gpus = try await ask(
            executable, "--query-gpu=uuid,name,memory.used,memory.free,mig.mode.current")
        // Without a GPU, the program prints a message and exits with an error.
        guard let gpus else { return nil }
        let holders = Self.holders(
            try await ask(executable, "--query-compute-apps=gpu_uuid,pid,process_name,used_memory"))
        return try Self.parse(gpus, holders: holders)
    }

    func driver() async throws(GPUUnmeasurable) -> GPUDriver? {
        guard let executable, let text = try await output(of: executable, []) else { return nil }
        return GPUDriver(smi: text)
    }

    private func ask(_ executable: String, _ query: String) async throws(GPUUnmeasurable) -> String? {
        try await output(of: executable, [query, "--format=csv,noheader,nounits"])
    }

    private func output(of executable: String, _ arguments: [String]) async throws(GPUUnmeasurable) -> String? {
        do {
            let output = try await CommandOutput.run(executable, arguments, limit: limit)
            guard let status = output.status else {
                throw GPUUnmeasurable("nvidia-smi did not respond within \(limit); the node may need a restart")
            }
            return status == .exited(code: 0) ? output.text : nil
        } catch let error as GPUUnmeasurable {
            throw error
        } catch {
            throw GPUUnmeasurable("nvidia-smi could not be run: \(error)")
        }
    }

    // MARK: Its output

    static func parse(_ text: String, holders: [String: [GPUHolder]]) throws(GPUUnmeasurable) -> [PhysicalGPU] {
        var gpus: [PhysicalGPU] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let fields = line.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            guard fields.count == 5 else { throw unreadable(line) }
            let isSliced = fields[4] == "Enabled"
            // A sliced GPU reports no memory of its own.
            guard let used = Int(fields[2]), let free = Int(fields[3]) else {
                guard isSliced else { throw unreadable(line) }
                gpus.append(
                    PhysicalGPU(name: fields[1], uuid: fields[0], total: 0, free: 0, isSliced: true, holders: []))
                continue
            }
            // Its `memory.total` includes what the driver reserves.
            gpus.append(
                PhysicalGPU(
                    name: fields[1], uuid: fields[0], total: Int(memory: used.plus(free), unit: 1 << 20),
                    free: Int(memory: free, unit: 1 << 20),
                    isSliced: isSliced, holders: holders[fields[0]] ?? []))
        }
        return gpus
    }

    /// Processes by the GPU's UUID.
    static func holders(_ text: String?) -> [String: [GPUHolder]] {
        var holders: [String: [GPUHolder]] = [:]
        for line in (text ?? "").split(whereSeparator: \.isNewline) {
            let fields = line.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            // A program's path may contain commas, so take the other fields from both ends.
            guard fields.count >= 4, let pid = Int32(fields[1]), let last = fields.last else { continue }
            let path = fields[2..<fields.count - 1].joined(separator: ",")
            let name = ProcFS.record(of: pid)?.command ?? (path.hasPrefix("[") ? nil : path)
            holders[fields[0], default: []].append(
                GPUHolder(pid: pid, name: name, bytes: Int(last).map { Int(memory: $0, unit: 1 << 20) }))
        }
        return holders
    }

    private static func unreadable(_ line: Substring) -> GPUUnmeasurable {
        GPUUnmeasurable("nvidia-smi printed an unexpected line: \(line)")
    }
}
