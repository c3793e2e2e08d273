import Testing

@testable import ModelLifecycle

@Suite("The GPUs that CUDA shows")
struct VisibleDevicesTests {
    private func gpu(_ uuid: String, _ name: String = "H100") -> PhysicalGPU {
        PhysicalGPU(name: name, uuid: uuid, total: 100, free: 40, isSliced: false, holders: [])
    }

    private func seen(_ list: String?, order: String? = nil, among gpus: [PhysicalGPU]? = nil) throws -> String {
        var environment: [String: String] = [:]
        environment["CUDA_VISIBLE_DEVICES"] = list
        environment["CUDA_DEVICE_ORDER"] = order
        let visible = VisibleDevices(environment: environment)
        let all = gpus ?? ["GPU-aa11", "GPU-aa22", "GPU-bb33"].map { gpu($0) }
        let devices = try visible.devices(among: all)
        #expect(visible.seesNothing ? devices.isEmpty : true)
        return devices.map { "\($0.index):\($0.uuid.dropFirst(4))" }.joined(separator: " ")
    }

    @Test(
        "CUDA_VISIBLE_DEVICES chooses the GPUs",
        arguments: [
            (nil, "0:aa11 1:aa22 2:bb33"), ("", ""), ("-1", ""), ("NoDevFiles", ""), ("2", "0:bb33"),
            ("2,0", "0:bb33 1:aa11"), (" 1 , 2 ", "0:aa22 1:bb33"),
            // The first entry that names nothing ends the list, as does one that stands there already.
            ("1,-1,0", "0:aa22"), ("0,7,1", "0:aa11"), ("0,,1", "0:aa11"), ("1,1", "0:aa22"), ("GPU-bb", "0:bb33"),
            ("GPU-aa22,0", "0:aa22 1:aa11"), ("GPU-aa", ""), ("GPU-cc", ""),
        ])
    func choice(list: String?, expected: String) throws {
        #expect(try seen(list) == expected)
    }

    @Test("a MIG slice is recognised and refused in words")
    func slice() {
        #expect(
            throws: GPUUnmeasurable(
                "MIG-0f1e in CUDA_VISIBLE_DEVICES is a MIG slice or divided into them, and the memory of slices cannot be "
                    + "measured")
        ) { try seen("MIG-0f1e") }
    }

    @Test("the fastest first cannot be told among different GPUs")
    func order() throws {
        let mixed = [gpu("GPU-aa", "A100"), gpu("GPU-bb", "T4")]
        #expect(try seen("1", order: "PCI_BUS_ID", among: mixed) == "0:bb")
        #expect(try seen("1", among: mixed) == "0:bb")
        #expect(try seen("GPU-bb", order: "FASTEST_FIRST", among: mixed) == "0:bb")
        #expect(try seen("1", order: "FASTEST_FIRST") == "0:aa22")
        for list in ["1", nil] {
            let error = #expect(throws: GPUUnmeasurable.self) {
                try seen(list, order: "FASTEST_FIRST", among: mixed)
            }
            #expect(error?.description.contains("different GPUs (A100, T4)") == true)
        }
    }

    @Test("the largest holder comes first")
    func holders() throws {
        var gpu = gpu("GPU-aa")
        gpu.holders = [GPUHolder(pid: 3), GPUHolder(pid: 2, bytes: 5), GPUHolder(pid: 1, bytes: 9)]
        let device = try #require(try VisibleDevices(environment: [:]).devices(among: [gpu]).first)
        #expect(device.holders.map(\.pid) == [1, 2, 3])
        #expect(device.used == 60)
    }
}
