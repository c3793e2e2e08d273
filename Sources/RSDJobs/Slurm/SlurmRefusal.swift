import Support

/// A command of Slurm failed.
package struct SlurmRefusal: ProgramError, Equatable {
    package var command: String
    /// What it printed.
    package var said: String

    package var explanation: Explanation {
        let lines = said.split(separator: "\n").map { $0.trimmingPrefix("\(command): ").trimmingPrefix("error: ") }
        let words = lines.joined(separator: "; ")
        guard let known = Self.known.first(where: { known in lines.contains { $0.contains(known.text) } }) else {
            return Explanation(
                "slurm-refusal", .badJob, "\(command) failed: \(words.isEmpty ? "it said nothing" : words)", remedy: nil
            )
        }
        return Explanation(
            "slurm-refusal", .badJob, known.meaning, remedy: "\(known.next). (\(command): \(words))")
    }

    /// What Slurm's messages mean, the more telling ones first.
    private static let known: [(text: String, meaning: String, next: String)] = [
        (
            "nvalid partition", "the cluster has no partition of that name",
            "`sinfo -s` lists them; name one with --partition"
        ),
        (
            "Required partition not available", "the partition takes no jobs now",
            "`sinfo -s` shows which are up; name another with --partition"
        ),
        (
            "CPU count per node can not be satisfied", "no node has as many processors as were asked for",
            "`sinfo -o '%P %c'` shows what there is; ask for fewer"
        ),
        (
            "Memory specification can not be satisfied", "no node has as much memory as was asked for",
            "`sinfo -o '%P %m'` shows what there is, in MB; ask for less"
        ),
        (
            "Requested node configuration is not available", "no node has what was asked for together",
            "`sinfo -o '%P %c %m %G'` shows processors, memory and GPUs; ask for fewer GPUs with --gpus, or for another --partition"
        ),
        (
            "Invalid generic resource", "the cluster knows no such resource",
            "`sinfo -o '%P %G'` shows what it calls its GPUs; use --gpus, or --sbatch '--gres=NAME:1' with such a name"
        ),
        ("Invalid --time", "that is no time limit", "Write it as 90 (minutes), 2:00:00 or 1-12 (days-hours)"),
        (
            "time limit is invalid", "the time limit is missing, or longer than the partition allows",
            "`sinfo -o '%P %l'` shows the limits; give one with --time"
        ),
        (
            "Invalid feature", "no node has that feature",
            "`sinfo -o '%P %f'` shows the features; correct --constraint"
        ),
        ("Invalid node name", "there is no node of that name", "`sinfo -N` lists them; correct the node's name"),
        ("reservation is invalid", "there is no such reservation for you", "`scontrol show reservation` lists them"),
        (
            "Invalid account", "the account is not valid here or may not use the partition",
            "`sacctmgr show assoc user=$USER` lists yours; name one with --sbatch '--account=NAME'"
        ),
        (
            "Invalid qos", "there is no such QOS for you",
            "`sacctmgr show assoc user=$USER format=qos` lists yours; name one with --sbatch '--qos=NAME'"
        ),
        (
            "violates accounting/QOS policy", "a limit of your account or QOS forbids it",
            "Submit fewer shards or a shorter --time; `sacctmgr show assoc user=$USER` shows the limits"
        ),
        (
            "Invalid job array", "the array is larger than the cluster allows",
            "`scontrol show config | grep MaxArraySize` shows the limit; use fewer --shards"
        ),
        (
            "unrecognized option", "sbatch knows no such option",
            "Correct what was given with --sbatch; `sbatch --help` lists them"
        ),
        ("Invalid --", "the value of an option is not right", "Correct what was given with --sbatch"),
        (
            "Unable to contact slurm controller", "the cluster's controller does not answer",
            "Try again in a minute; `scontrol ping` tells whether it is up"
        ),
        (
            "configuration", "Slurm is not set up on this machine", "Submit from a login node of the cluster"
        ),
    ]
}
