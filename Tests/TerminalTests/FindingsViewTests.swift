import ModelLifecycle
@testable import Support
import Testing

@testable import RSDJobs
@testable import Terminal

@Suite("The view of doctor") struct FindingsViewTests {
    private static func gpu(_ index: Int, free: Double, holders: [GPUHolder] = []) -> GPUDevice {
        GPUDevice(
            index: index, name: "NVIDIA A10G", uuid: "GPU-\(index)", total: .gibibytes(22.5), free: .gibibytes(free),
            holders: holders)
    }

    private static let vllm = MachineFinding(.fine, "vLLM", "vLLM 0.32.0 with Python 3.12.3 at /venv/bin/python")

    private static func place(
        _ use: MachineReport.Place.Use, _ path: String, free: Int, isWritable: Bool = true
    ) -> MachineReport.Place {
        .init(use, path, disk: DiskSpace(free: free, total: 1 << 42), isWritable: isWritable)
    }

    @Test("a machine on which all is well")
    func good() {
        let report = MachineReport(
            gpus: [Self.gpu(0, free: 22.1)],
            driver: GPUDriver(version: "580.65.06", cuda: CUDAVersion("13.0")),
            memory: HostMemory(total: .gibibytes(64), available: .gibibytes(60)),
            processors: HostProcessors(allowed: 16, usable: 16), openFiles: 65_536,
            places: [
                Self.place(.work, "/scratch/me", free: 900_000_000_000),
                Self.place(.models, "/scratch/hf/hub", free: 900_000_000_000),
            ], slurm: "/usr/bin/sbatch", cachedModels: 3,
            packages: ["math-verify": "0.9.0", "huggingface_hub": "1.2.0"], python: "/venv/bin/python")
        let view = FindingsView([Self.vllm] + report.findings)
        #expect(view.canRun)
        #expect(
            screen(view.lines(width: 80)) == """
                ok       vLLM        vLLM 0.32.0 with Python 3.12.3 at /venv/bin/python
                ok       GPU         GPU 0: NVIDIA A10G, 22.5 GiB, 22.1 GiB free
                ok                   driver 580.65.06 supports CUDA 13.0
                ok       memory      64.0 GiB of RAM, 60.0 GiB available
                ok       processors  16 processors
                ok       open files  at most 65536 open files
                ok       disk        working directory: /scratch/me, 900 GB free
                ok                   Hugging Face cache: /scratch/hf/hub, 900 GB free
                ok       hub         3 models in the Hugging Face cache
                ok       packages    math-verify 0.9.0
                ok                   huggingface_hub 1.2.0
                ok       Slurm       sbatch at /usr/bin/sbatch

                Jobs with vLLM can run here
                """)
    }

    @Test("a machine with every trouble says what to do about each")
    func bad() {
        let missing = MachineFinding(.error, "vLLM", "vLLM was not found", remedy: "Run scripts/setup-vllm.")
        let holder = GPUHolder(pid: 4711, name: "python", bytes: .gibibytes(20))
        let report = MachineReport(
            gpus: [Self.gpu(0, free: 2.1, holders: [holder])],
            memory: HostMemory(total: .gibibytes(8), available: .gibibytes(2.5), isLimited: true),
            processors: HostProcessors(allowed: 64, usable: 1), openFiles: 1024,
            places: [
                Self.place(.work, "/home/me", free: 200_000_000),
                Self.place(.cache, "/home/me/.cache/rsd-batch", free: 200_000_000, isWritable: false),
                Self.place(.sharedMemory, "/dev/shm", free: 67_108_864),
                Self.place(.temporary, "/tmp", free: 0, isWritable: false),
            ],
            environment: ["HF_HUB_OFFLINE": "1", "HF_ENDPOINT": "http://mirror", "SLURM_JOB_ID": "77"],
            packages: ["math-verify": nil, "huggingface_hub": "1.2.0"], python: "/venv/bin/python")
        let view = FindingsView([missing] + report.findings)
        #expect(!view.canRun)
        #expect(
            screen(view.lines(width: 80)) == """
                error    vLLM        vLLM was not found
                                     Run scripts/setup-vllm.
                warning  GPU         GPU 0: NVIDIA A10G, 22.5 GiB, 2.1 GiB free, held by python
                                     (pid 4711, 20.0 GiB)
                                     A run uses what is free. End these processes if they are
                                     yours, or choose another GPU with CUDA_VISIBLE_DEVICES.
                warning  memory      8.0 GiB of RAM, the limit of this job or container, 2.5 GiB
                                     available
                                     A vLLM engine takes 3 GiB of it, on the CPU also the
                                     weights. In Slurm, ask for more with --mem.
                warning  processors  64 processors, 1 by quota
                                     vLLM needs two or more: in Slurm, ask for more with
                                     --cpus-per-task.
                warning  open files  at most 1024 open files
                                     Fewer requests will be in flight. Raise the limit with
                                     `ulimit -n 65536`.
                warning  disk        working directory: /home/me, 200 MB free
                                     Runs write to `runs` here unless --run-dir names another
                                     place: free some space.
                warning              cache: /home/me/.cache/rsd-batch, 200 MB free, not writable
                                     by you
                                     Data sets cannot be fetched, and every run asks vLLM for
                                     its flags again: set XDG_CACHE_HOME to a directory of
                                     yours.
                warning              shared memory: /dev/shm, 67.1 MB free
                                     Models on several GPUs need more: start the container with
                                     --ipc=host or --shm-size 8g.
                error                temporary files: /tmp, 0 B free, not writable by you
                                     Set TMPDIR to a directory of yours.
                ok       hub         0 models in the Hugging Face cache
                note                 HF_HUB_OFFLINE set: nothing is downloaded
                                     Unset it to fetch models.
                note                 models come from http://mirror (HF_ENDPOINT)
                note     packages    math-verify is not installed beside vLLM
                                     For `grading: { with: math-verify }`, install it:
                                     `/venv/bin/python -m pip install math-verify`.
                ok                   huggingface_hub 1.2.0
                ok       Slurm       inside the Slurm job 77

                Jobs with vLLM cannot run here: 2 errors, 7 warnings
                """)
    }

    @Test("GPUs that cannot be measured are no error, and none is a note")
    func others() {
        let processors = HostProcessors(allowed: 4, usable: 4)
        let sliced = MachineReport(gpuTrouble: "GPU 0 is a MIG slice", processors: processors, openFiles: 4096)
        #expect(sliced.findings.first?.severity == .warning)
        let none = MachineReport(
            gpus: [], processors: processors, openFiles: 4096, environment: ["CUDA_VISIBLE_DEVICES": ""])
        #expect(none.findings.first?.severity == .note)
        #expect(none.findings.first?.text.contains("CUDA_VISIBLE_DEVICES is ''") == true)
    }

    @Test("no colour is needed to tell them apart")
    func plain() {
        let findings = MachineFinding.Severity.allCases.map { MachineFinding($0, "x", "text") }
        let lines = FindingsView(findings).lines(width: 80).map(\.text)
        #expect(Set(lines.prefix(4).map { $0.prefix(8) }).count == 4)
    }
}
