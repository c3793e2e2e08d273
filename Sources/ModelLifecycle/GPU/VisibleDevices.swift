/// The GPUs that a CUDA program sees: `CUDA_VISIBLE_DEVICES` and `CUDA_DEVICE_ORDER`, read like the CUDA runtime does.
struct VisibleDevices: Sendable, Hashable {
    /// nil if all are visible.
    private let words: [String]?
    private let countsFastestFirst: Bool

    init(environment: [String: String]) {
        words = environment["CUDA_VISIBLE_DEVICES"].map { list in
            list.split(separator: ",", omittingEmptySubsequences: false).map {
                $0.filter { !$0.isWhitespace }
            }
        }
        // Engines are started with PCI_BUS_ID unless the user has set an order.
        countsFastestFirst = environment["CUDA_DEVICE_ORDER"] == "FASTEST_FIRST"
    }

    /// Whether a program sees no GPU at all.
    var seesNothing: Bool {
        guard let first = words?.first else { return false }
        return Int(first).map { $0 < 0 } ?? (first.isEmpty || !Self.isIdentifier(first))
    }

    /// - Parameter all: in the order of their PCI addresses.
    func devices(among all: [PhysicalGPU]) throws(GPUUnmeasurable) -> [GPUDevice] {
        var chosen: [PhysicalGPU] = []
        if let words {
            // As in CUDA, the first entry that names no device ends the list.
            for word in words {
                guard let gpu = try find(word, among: all), !chosen.contains(gpu) else { break }
                chosen.append(gpu)
            }
        } else {
            if !all.isEmpty { try checkOrder(all) }
            chosen = all
        }
        var devices: [GPUDevice] = []
        for (index, gpu) in chosen.enumerated() {
            guard !gpu.isSliced else { throw Self.sliced("GPU \(index) (\(gpu.name))") }
            devices.append(
                GPUDevice(
                    index: index, name: gpu.name, uuid: gpu.uuid, total: gpu.total, free: gpu.free,
                    holders: gpu.holders.sorted { ($0.bytes ?? 0, $1.pid) > ($1.bytes ?? 0, $0.pid) },
                    joules: gpu.joules))
        }
        return devices
    }

    private func find(_ word: String, among all: [PhysicalGPU]) throws(GPUUnmeasurable) -> PhysicalGPU? {
        if let index = Int(word) {
            try checkOrder(all)
            return all.indices.contains(index) ? all[index] : nil
        }
        if word.hasPrefix("MIG-") { throw Self.sliced("\(word) in CUDA_VISIBLE_DEVICES") }
        guard Self.isIdentifier(word) else { return nil }
        let matches = all.filter { $0.uuid.hasPrefix(word) }
        return matches.count == 1 ? matches[0] : nil
    }

    private static func isIdentifier(_ word: String) -> Bool { word.hasPrefix("GPU-") || word.hasPrefix("MIG-") }

    /// Refuses an order by speed, since only CUDA knows which GPU is the fastest.
    private func checkOrder(_ all: [PhysicalGPU]) throws(GPUUnmeasurable) {
        guard countsFastestFirst, Set(all.map(\.name)).count > 1 else { return }
        throw GPUUnmeasurable(
            "this machine has different GPUs (\(Set(all.map(\.name)).sorted().joined(separator: ", "))) and "
                + "CUDA_DEVICE_ORDER puts the fastest first, so the GPU in use is unknown; set CUDA_DEVICE_ORDER=PCI_BUS_ID, or "
                + "name the GPU by its UUID in CUDA_VISIBLE_DEVICES")
    }

    private static func sliced(_ what: String) -> GPUUnmeasurable {
        GPUUnmeasurable("\(what) is a MIG slice or divided into them, and the memory of slices cannot be measured")
    }
}
