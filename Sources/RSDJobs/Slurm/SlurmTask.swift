/// A job or a task of an array that has not ended, as squeue tells of it.
package struct SlurmTask: Sendable, Equatable, Codable {
    /// Of the job or the whole array.
    package var job: String
    /// In the array; nil for a job that is none.
    package var task: Int?
    /// `PENDING`, `RUNNING`, …
    package var state: String
    /// Why it waits, in Slurm's word.
    package var reason: String

    package init(job: String, task: Int? = nil, state: String, reason: String = "None") {
        self.job = job
        self.task = task
        self.state = state
        self.reason = reason
    }

    /// For squeue's `-o`.
    static let format = "%F|%K|%T|%r"

    init?(_ line: String) {
        let fields = line.split(separator: "|", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 4, !fields[0].isEmpty else { return nil }
        self.init(job: fields[0], task: Int(fields[1]), state: fields[2], reason: fields[3])
    }

    /// Why it waits, in words; nil where it does not.
    package var waiting: SlurmWaiting? {
        state == "PENDING" ? SlurmWaiting(reason) : nil
    }
}

/// Why a job waits.
package struct SlurmWaiting: Sendable, Equatable {
    package var words: String
    /// What to do or to look at, where there is something.
    package var next: String?
    /// Whether it will not start as it is.
    package var isForGood: Bool

    init(_ reason: String) {
        let known = Self.known.first { reason.hasPrefix($0.prefix) }
        words = known?.words ?? "Slurm says \(reason)"
        next = known?.next
        isForGood = next != nil && !Self.passing.contains { reason.hasPrefix($0) }
        // Of one job alone, so that no other's end helps.
        if let limit = ["QOS", "Assoc"].first(where: reason.hasPrefix), reason.contains("PerJob") {
            words = "asks for more than \(limit == "QOS" ? "its QOS" : "its account") allows one job (\(reason))"
            next = "cancel it, and ask for less, or for another with --sbatch"
            isForGood = true
        }
    }

    private static let passing = ["QOS", "Assoc", "ReqNodeNotAvail", "Nodes required for job are DOWN"]

    private static let known: [(prefix: String, words: String, next: String?)] = [
        ("None", "not looked at yet", nil),
        ("Resources", "waits for free nodes", nil),
        ("Priority", "others come first", nil),
        ("JobArrayTaskLimit", "waits for other shards (--array-limit)", nil),
        ("BeginTime", "was requeued and starts again soon", nil),
        (
            "DependencyNeverSatisfied", "what it depends on will never be",
            "cancel it, and run `rsd-batch merge` by hand"
        ),
        ("Dependency", "waits for the shards", nil),
        (
            "PartitionTimeLimit", "asks for more time than the partition allows",
            "`sinfo -o '%P %l'` shows the limits; cancel it, and submit with a shorter --time or in another --partition"
        ),
        (
            "PartitionNodeLimit", "asks for more nodes than the partition has",
            "cancel it, and ask for fewer with --sbatch, or for another --partition"
        ),
        (
            "PartitionConfig", "asks for what no node of the partition has, or for more time than it allows",
            "`sinfo -o '%P %l %c %m %G'` shows what there is; cancel it, and ask for less or in another --partition"
        ),
        (
            "BadConstraints", "asks for what no node has",
            "`sinfo -o '%P %c %m %G %f'` shows what there is; cancel it, and ask for something else"
        ),
        ("PartitionDown", "its partition is down", "ask the administrators, or submit in another --partition"),
        (
            "PartitionInactive", "its partition is not active",
            "ask the administrators, or submit in another --partition"
        ),
        (
            "ReqNodeNotAvail", "the nodes that could run it are down or reserved",
            "`sinfo -R` says why; it starts when they are back"
        ),
        (
            "Nodes required for job are DOWN", "the nodes that could run it are down or reserved",
            "`sinfo -R` says why; it starts when they are back"
        ),
        ("JobHeldUser", "is held", "`scontrol release` lets it go"),
        ("JobHeldAdmin", "is held by an administrator", "ask them why"),
        (
            "QOS", "a limit of its QOS is reached",
            "it starts when others of it end; `sacctmgr show qos` shows the limits"
        ),
        (
            "Assoc", "a limit of its account is reached",
            "it starts when others of it end; `sacctmgr show assoc` shows the limits"
        ),
        ("InvalidAccount", "its account is not valid", "cancel it, and name one with --sbatch '--account=NAME'"),
        ("InvalidQOS", "its QOS is not valid", "cancel it, and name one with --sbatch '--qos=NAME'"),
    ]
}
