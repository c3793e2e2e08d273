@testable import ModelLifecycle

/// An installation of vLLM on a machine. What is found is in `findings.txt`, under the title.
struct InstallationCase: Sendable {
    var title: String
    var findings: VLLMFindings

    static let h100 = GPUDevice(
        index: 0, name: "NVIDIA H100 80GB HBM3", uuid: "GPU-1", total: .gibibytes(79.6), free: .gibibytes(79.1))

    init(
        _ title: String, vllm: String = "0.32.0", torch: String = "2.13.0+cu130", cuda: String? = "13.0",
        hip: String? = nil, driver: (version: String, cuda: String)? = ("580.65.06", "13.0"),
        gpus: [GPUDevice]? = [h100], hasOther: Bool = false, environment: [String: String] = [:]
    ) {
        self.title = title
        let facts = InstallationFacts(
            python: "3.12.3", executable: "/venv/bin/python", machine: "x86_64", vllm: vllm, folder: nil, torch: torch,
            cuda: cuda, hip: hip, plugins: ["resolver"], packages: [:], state: [])
        findings = VLLMFindings(
            facts: facts, place: "/venv/bin/python",
            driver: driver.map { GPUDriver(version: $0.version, cuda: CUDAVersion($0.cuda)) }, devices: gpus,
            hasOtherGPU: hasOther, environment: environment)
    }

    static let all: [InstallationCase] = [
        InstallationCase("a GPU build on a GPU"),
        InstallationCase("an untested version", vllm: "0.99.1"),
        InstallationCase("no release", vllm: "0.1.dev1+gabc"),
        InstallationCase("a driver too old for the build", driver: ("535.183.01", "12.2")),
        InstallationCase(
            "a driver that is older within the major version", torch: "2.9.1+cu128", cuda: "12.8",
            driver: ("535.183.01", "12.2")),
        InstallationCase(
            "an old driver with NVIDIA's package for compatibility", driver: ("535.183.01", "12.2"),
            environment: ["LD_LIBRARY_PATH": "/usr/local/cuda/compat"]),
        InstallationCase("a GPU build without a GPU", driver: nil, gpus: []),
        InstallationCase(
            "a GPU build whose GPU is hidden", gpus: [], environment: ["CUDA_VISIBLE_DEVICES": ""]),
        InstallationCase("a GPU build on a Jetson", driver: nil, gpus: [], hasOther: true),
        InstallationCase("a GPU build with MIG slices", gpus: nil),
        InstallationCase(
            "the CPU build on a machine with a GPU", vllm: "0.32.0+cpu", torch: "2.13.0+cpu", cuda: nil),
        InstallationCase("a GPU build with a PyTorch without CUDA", torch: "2.13.0+cpu", cuda: nil),
        // vLLM's CPU build works with a PyTorch that was built for CUDA.
        InstallationCase(
            "the CPU build with a PyTorch for CUDA", vllm: "0.20.2+cpu", torch: "2.11.0", driver: nil, gpus: []),
        InstallationCase(
            "ROCm", vllm: "0.32.0+rocm", torch: "2.13.0+rocm6.3", cuda: nil, hip: "6.3", driver: nil, gpus: []),
        InstallationCase("plugins that are not there", environment: ["VLLM_PLUGINS": "resolver, mine,other"]),
        InstallationCase("no plugins wanted", environment: ["VLLM_PLUGINS": ""]),
    ]
}
