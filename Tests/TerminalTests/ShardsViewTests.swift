import Testing

@testable import JobSpecs
@testable import RSDJobs
@testable import RunStore
@testable import Terminal

@Suite("The view of shards") struct ShardsViewTests {
    private static var status: ShardsStatus {
        func part(_ index: Int, _ state: ShardsStatus.Part.State, _ change: (inout ShardsStatus.Part) -> Void)
            -> ShardsStatus.Part
        {
            var part = ShardsStatus.Part(Shard.all(5)[index - 1], state)
            (part.finished, part.total) = (0, 50)
            change(&part)
            return part
        }
        return ShardsStatus(
            directory: "runs/math",
            shards: [
                part(1, .finished) { ($0.finished, $0.wave) = (50, 4) },
                part(2, .running) {
                    ($0.finished, $0.failed, $0.wave, $0.phase) = (12, 1, 2, "target")
                    ($0.holder, $0.timeSinceHeartbeat) = (LockHolder(host: "node12", pid: 4711), 3)
                    $0.slurm = SlurmTask(job: "101", task: 2, state: "RUNNING")
                },
                part(3, .silent) {
                    ($0.finished, $0.wave) = (3, 1)
                    ($0.holder, $0.timeSinceHeartbeat) = (LockHolder(host: "node13", pid: 99), 300)
                },
                part(4, .notBegun) {
                    $0.total = 0
                    $0.slurm = SlurmTask(job: "101", task: 4, state: "PENDING", reason: "PartitionTimeLimit")
                },
                part(5, .unreadable) { ($0.total, $0.fault) = (0, "events.jsonl:3 is damaged") },
            ],
            queue: [SlurmTask(job: "101", task: 4, state: "PENDING", reason: "PartitionTimeLimit")], merge: "102")
    }

    @Test("all shards at 100 columns")
    func wide() {
        let text = screen(ShardsView(Self.status).lines(width: 100))
        #expect(
            text == """
                runs/math  5 shards
                1 finished, 1 running, 1 silent, 1 not started, 1 unreadable, 65 answers finished, 1 failed

                shard  state        finished  wave  phase   process         heartbeat  Slurm
                  1/5  finished        50/50     4                                     –
                  2/5  running         12/50     2  target  4711 on node12  3.0 s ago  running
                  3/5  silent           3/50     1          99 on node13     5:00 ago  –
                  4/5  not started         –     –                                     pending, PartitionTimeLimit
                  5/5  unreadable          –     –                                     –

                shard-5-of-5  events.jsonl:3 is damaged
                next  job 101 requests more time than the partition allows: `sinfo -o '%P %l'` lists the limits;
                      cancel it, and submit with a shorter --time or another --partition
                """)
    }

    @Test("idle shards come with the next command")
    func idle() {
        var status = Self.status
        status.queue = nil
        status.shards = status.shards.filter { $0.state == .finished || $0.state == .notBegun }
        let text = screen(ShardsView(status).lines(width: 100))
        #expect(text.contains("rsd-batch submit runs/math/job.yaml --run-dir runs/math --shards 2"), "\(text)")
        status.shards.removeAll { $0.state == .notBegun }
        #expect(screen(ShardsView(status).lines(width: 100)).hasSuffix("next  rsd-batch merge runs/math"))
    }
}
