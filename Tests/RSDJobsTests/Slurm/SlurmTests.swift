import Testing

@testable import RSDJobs

@Suite("Slurm's commands") struct SlurmTests {
    @Test(
        "a task must get the GPUs that a model is spread over, if the request says how many it gets",
        arguments: [
            ("4", [], false), ("2", [], false), ("1", [], true), ("a100:1", [], true), ("a100", [], true),
            ("a100:2", [], false), ("0", [], false), (nil, [], false), (nil, ["--gpus=1"], true),
            (nil, ["--gres=gpu:a100:1"], true), (nil, ["--gres=gpu"], true), (nil, ["--gres=gpu:2"], false),
            (nil, ["--gpus-per-node=1"], true), (nil, ["-G1"], true), (nil, ["--gres=shard:1,gpu:1"], false),
        ] as [(String?, [String], Bool)])
    func enoughGPUs(gpus: String?, options: [String], isRefused: Bool) throws {
        let fixture = try SpecFixture()
        try fixture.writeJob(
            ("kind: pocket", "kind: vllm"),
            ("{ model: models/target }", "{ model: models/target, args: { tensor-parallel-size: 2 } }"))
        let (job, request) = (try fixture.load(), SlurmRequest(shards: 1, gpus: gpus, options: options))
        #expect(job.spec.gpus == 2)
        if isRefused {
            #expect(throws: TooFewGPUs(asked: 1, needed: 2)) { try request.checkGPUs(for: job) }
        } else {
            try request.checkGPUs(for: job)
        }
        try fixture.writeJob(("kind: pocket", "kind: vllm"))
        try request.checkGPUs(for: fixture.load())
    }

    @Test(
        "what sbatch says comes back as a sentence with a next step",
        arguments: [
            (
                """
                sbatch: error: invalid partition specified: nosuch
                sbatch: error: Batch job submission failed: Invalid partition name specified

                """, "no partition of that name", "sinfo -s"
            ),
            (
                "sbatch: error: Batch job submission failed: Requested node configuration is not available\n",
                "no node has the requested resources", "--gpus"
            ),
            (
                """
                sbatch: error: CPU count per node can not be satisfied
                sbatch: error: Batch job submission failed: Requested node configuration is not available
                """, "requested number of processors", "%c"
            ),
            ("sbatch: error: Invalid generic resource (gres) specification", "no such resource", "--gres=NAME:1"),
            ("sbatch: error: Invalid --time specification", "the time limit is not valid", "1-12"),
            ("sbatch: error: Batch job submission failed: Invalid job array specification", "larger", "--shards"),
            ("sbatch: unrecognized option '--nosuchoption'", "does not know the option", "--sbatch"),
            (
                "sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)",
                "does not respond", "scontrol ping"
            ),
        ])
    func refusals(said: String, meaning: String, next: String) {
        let text = SlurmRefusal(command: "sbatch", said: said).description
        #expect(text.contains(meaning), "\(text)")
        #expect(text.contains(next), "\(text)")
        #expect(!text.contains("\n"))
    }

    @Test("what is not known is told as Slurm says it")
    func unknown() {
        let refusal = SlurmRefusal(command: "sbatch", said: "sbatch: error: The sky is falling\n")
        #expect(refusal.description == "sbatch failed: The sky is falling")
        #expect(SlurmRefusal(command: "scancel", said: "").description == "scancel failed: no output")
    }

    @Test("squeue's lines are read")
    func tasks() {
        #expect(
            SlurmTask("21|3|PENDING|JobArrayTaskLimit")
                == SlurmTask(job: "21", task: 3, state: "PENDING", reason: "JobArrayTaskLimit"))
        #expect(SlurmTask("22|N/A|RUNNING|None") == SlurmTask(job: "22", state: "RUNNING"))
        #expect(SlurmTask("slurm_load_jobs error") == nil)
    }

    @Test("what will never start is told from what only waits")
    func waiting() {
        let never = ["PartitionTimeLimit", "PartitionConfig", "PartitionNodeLimit", "BadConstraints", "JobHeldUser"]
        for reason in never { #expect(SlurmWaiting(reason).next != nil, "\(reason)") }
        for reason in ["Priority", "Resources", "BeginTime", "Dependency", "JobArrayTaskLimit", "None", "Unheard"] {
            #expect(SlurmWaiting(reason).next == nil, "\(reason)")
        }
        for reason in never + ["QOSMaxWallDurationPerJobLimit", "AssocMaxCpuPerJobLimit"] {
            #expect(SlurmWaiting(reason).isForGood, "\(reason)")
        }
        let passing = [
            "Priority", "Unheard", "QOSMaxJobsPerUserLimit", "AssocGrpGRES", "ReqNodeNotAvail, UnavailableNodes:n1",
            "Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions",
        ]
        for reason in passing { #expect(!SlurmWaiting(reason).isForGood, "\(reason)") }
        #expect(SlurmWaiting("DependencyNeverSatisfied").next?.contains("rsd-batch merge") == true)
        #expect(SlurmTask(job: "1", state: "RUNNING").waiting == nil)
    }

    @Test("shards as Slurm writes an array")
    func ranges() {
        #expect(BatchScript.ranges([1, 2, 3, 4]) == "1-4")
        #expect(BatchScript.ranges([7, 2, 3, 5]) == "2-3,5,7")
        #expect(BatchScript.ranges([1]) == "1")
    }
}

@Suite("The batch script") struct BatchScriptTests {
    private static func script(_ request: SlurmRequest, directory: String = "/shared/run") -> BatchScript {
        BatchScript(
            name: "math 500", program: "/opt/rsd-batch", directory: directory, request: request,
            shards: Array(1...request.shards))
    }

    private static func options(_ script: String) -> [String] {
        script.split(separator: "\n").filter { $0.hasPrefix("#SBATCH ") }.map { String($0.dropFirst(8)) }
    }

    @Test("what was asked for stands at the top, further options last so that they count")
    func header() {
        let request = SlurmRequest(
            shards: 4, partition: "gpu", time: "8:00:00", gpus: "1", arrayLimit: 2,
            options: ["--account=lab", "--signal=B:USR1@300", "-p big", "--mem=90G"])
        let script = Self.script(request)
        #expect(script.array.hasPrefix("#!/bin/bash\n#SBATCH "))
        #expect(
            Self.options(script.array) == [
                "--job-name=math-500", "--array=1-4%2", "--output=/shared/run/logs/slurm-shard-%a.log",
                "--open-mode=append", "--requeue", "--signal=B:USR1@90", "--gpus=1", "--partition=gpu",
                "--time=8:00:00",
                "--account=lab", "--signal=B:USR1@300", "-p big", "--mem=90G",
            ])
        #expect(
            Self.options(script.merge) == [
                "--job-name=math-500-merge", "--output=/shared/run/logs/slurm-merge.log", "--open-mode=append",
                "--partition=gpu", "--time=8:00:00", "--account=lab", "-p big",
            ])
        #expect(script.merge.contains("\nexec /opt/rsd-batch merge /shared/run\n"))
    }

    @Test("paths that a shell or Slurm could misread are quoted")
    func paths() {
        var script = Self.script(SlurmRequest(shards: 1), directory: "/my runs/100%")
        #expect(script.array.contains(#"#SBATCH --output="/my runs/100%%/logs/slurm-shard-%a.log""#))
        #expect(script.array.contains("\nrun='/my runs/100%'\n"))
        #expect(script.merge.contains("merge '/my runs/100%'\n"))
        script.notify = "echo 'done: '\"$RSD_BATCH_JOB\""
        #expect(script.merge.contains(#"merge '/my runs/100%' --notify 'echo '\''done: '\''"$RSD_BATCH_JOB"'"# + "\n"))
        #expect(!script.array.contains("--notify"))
    }
}
