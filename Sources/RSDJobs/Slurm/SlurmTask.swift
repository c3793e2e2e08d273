/// An unfinished job or array task, from squeue.
package struct SlurmTask: Sendable, Equatable, Codable {
    /// Id of the job or the whole array.
    package var job: String
    /// Index in the array; nil for a job without one.
    package var task: Int?
    /// `PENDING`, `RUNNING`, …
    package var state: String
    /// Why it waits, as Slurm's keyword.
    package var reason: String

    package init(job: String, task: Int? = nil, state: String, reason: String = "None") {
        self.job = job
        self.task = task
        self.state = state
        self.reason = reason
    }

    /// Format for squeue's `-o`.
    static let format = "%F|%K|%T|%r"

    init?(_ line: String) {
        let fields = line.split(separator: "|", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 4, !fields[0].isEmpty else { return nil }
        self.init(job: fields[0], task: Int(fields[1]), state: fields[2], reason: fields[3])
    }

    /// Why it waits, in words; nil if it does not wait.
    package var waiting: SlurmWaiting? {
        state == "PENDING" ? SlurmWaiting(reason) : nil
    }
}

/// Why a job waits.
package struct SlurmWaiting: Sendable, Equatable {
    package var words: String
    /// What to do, if anything.
    package var next: String?
    /// Whether it will never start as it is.
    package var isForGood: Bool

    init(_ reason: String) {
        let known = Self.known.first { reason.hasPrefix($0.prefix) }
        words = known?.words ?? "is waiting (\(reason))"
        next = known?.next
        isForGood = next != nil && !Self.passing.contains { reason.hasPrefix($0) }
        // A limit per job: no other job's end helps.
        if let limit = ["QOS", "Assoc"].first(where: reason.hasPrefix), reason.contains("PerJob") {
            words = "requests more than \(limit == "QOS" ? "its QOS" : "its account") allows per job (\(reason))"
            next = "cancel it, and request less, or another QOS or account with --sbatch"
            isForGood = true
        }
    }

    private static let passing = ["QOS", "Assoc", "ReqNodeNotAvail", "Nodes required for job are DOWN"]

    private static let known: [(prefix: String, words: String, next: String?)] = [
        ("None", "has not been considered yet", nil),
        ("Resources", "waits for free nodes", nil),
        ("Priority", "waits for jobs of higher priority", nil),
        ("JobArrayTaskLimit", "waits for other shards (--array-limit)", nil),
        ("BeginTime", "was requeued and starts again soon", nil),
        (
            "DependencyNeverSatisfied", "has a dependency that can never be satisfied",
            "cancel it, and run `rsd-batch merge` by hand"
        ),
        ("Dependency", "waits for the shards", nil),
        (
            "PartitionTimeLimit", "requests more time than the partition allows",
            "`sinfo -o '%P %l'` lists the limits; cancel it, and submit with a shorter --time or another --partition"
        ),
        (
            "PartitionNodeLimit", "requests more nodes than the partition has",
            "cancel it, and request fewer with --sbatch, or another --partition"
        ),
        (
            "PartitionConfig", "requests resources that no node of the partition has, or more time than it allows",
            "`sinfo -o '%P %l %c %m %G'` lists them; cancel it, and request less or another --partition"
        ),
        (
            "BadConstraints", "requests resources that no node has",
            "`sinfo -o '%P %c %m %G %f'` lists them; cancel it, and request others"
        ),
        (
            "PartitionDown", "waits for its partition, which is down",
            "ask the administrators, or use another --partition"
        ),
        (
            "PartitionInactive", "waits for its partition, which is inactive",
            "ask the administrators, or use another --partition"
        ),
        (
            "ReqNodeNotAvail", "waits for nodes that are down or reserved",
            "`sinfo -R` shows the reason; it starts when they are back"
        ),
        (
            "Nodes required for job are DOWN", "waits for nodes that are down or reserved",
            "`sinfo -R` shows the reason; it starts when they are back"
        ),
        ("JobHeldUser", "is held", "release it with `scontrol release`"),
        ("JobHeldAdmin", "is held by an administrator", "ask them for the reason"),
        (
            "QOS", "has reached a limit of its QOS",
            "it starts when other jobs of the QOS end; `sacctmgr show qos` lists the limits"
        ),
        (
            "Assoc", "has reached a limit of its account",
            "it starts when other jobs of the account end; `sacctmgr show assoc` lists the limits"
        ),
        ("InvalidAccount", "has an invalid account", "cancel it, and name one with --sbatch '--account=NAME'"),
        ("InvalidQOS", "has an invalid QOS", "cancel it, and name one with --sbatch '--qos=NAME'"),
    ]
}
