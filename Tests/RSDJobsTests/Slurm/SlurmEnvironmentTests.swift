import Testing

@testable import RSDJobs

@Suite("Slurm's variables")
struct SlurmEnvironmentTests {
    private static let shell = SlurmEnvironment([
        "HOME": "/home/me", "SLURM_CONF": "/etc/a.conf", "SLURM_CLUSTERS": "b", "SQUEUE_STATES": "RUNNING",
        "SQUEUE_FORMAT2": "JobID", "SCANCEL_INTERACTIVE": "1", "SCANCEL_PARTITION": "x", "SBATCH_ACCOUNT": "lab",
        "SBATCH_WAIT": "1", "SBATCH_ERROR": "/x", "SBATCH_GRES": "gpu:a100:2", "SBATCH_GPUS": "4",
        "SBATCH_ARRAY_INX": "1-9",
        "SLURM_JOB_ID": "7", "SLURM_JOB_END_TIME": "1", "SLURM_ARRAY_TASK_ID": "3", "SLURM_RESTART_COUNT": "2",
    ])

    private static func names(_ variables: [String: String]) -> [String] { variables.keys.sorted() }

    @Test("squeue and scancel are told all by their command lines")
    func asking() {
        let client = Self.shell.asking(configuration: nil)
        #expect(!client.keys.contains { $0.hasPrefix("SQUEUE_") || $0.hasPrefix("SCANCEL_") || $0 == "SLURM_CLUSTERS" })
        #expect(client["SLURM_CONF"] == "/etc/a.conf")
        #expect(Self.shell.asking(configuration: "/etc/b.conf")["SLURM_CONF"] == "/etc/b.conf")
    }

    @Test("what a user has set for all jobs counts where the job does not say otherwise")
    func submitting() {
        #expect(
            Self.names(Self.shell.submitting(.shards(statesGPUs: false))) == [
                "HOME", "SBATCH_ACCOUNT", "SBATCH_ARRAY_INX", "SBATCH_GPUS", "SBATCH_GRES", "SCANCEL_INTERACTIVE",
                "SCANCEL_PARTITION", "SLURM_CLUSTERS", "SLURM_CONF", "SQUEUE_FORMAT2", "SQUEUE_STATES",
            ])
        let stated = Self.shell.submitting(.shards(statesGPUs: true))
        #expect(stated["SBATCH_GPUS"] == nil && stated["SBATCH_GRES"] == nil && stated["SBATCH_ACCOUNT"] == "lab")
        let merge = Self.shell.submitting(.merge)
        #expect(merge["SBATCH_ARRAY_INX"] == nil && merge["SBATCH_GPUS"] == nil && merge["SBATCH_ACCOUNT"] == "lab")
        #expect(Self.shell.namesGPUs && !SlurmEnvironment(["SBATCH_GPUS": ""]).namesGPUs)
    }

    @Test(
        "an option as sbatch reads it from a script",
        arguments: [
            ("--account=lab", ["--account=lab"]), ("-p big", ["-p", "big"]), (#"--comment="a b""#, ["--comment=a b"]),
            ("--comment='a \"b\\'", [#"--comment=a "b\"#]), (#"--comment=a\ b"#, ["--comment=a b"]),
            (#"-J "" x"#, ["-J", "", "x"]),
        ])
    func words(option: String, words: [String]) {
        #expect(option.sbatchWords == words)
    }

    @Test(
        "a word in a script reads back as it is",
        arguments: ["--output=/my runs/it's \"q\"\\100%%#.log", "-p", "a b", "--x"])
    func word(word: String) {
        #expect(word.sbatchWord.sbatchWords == [word])
    }
}
