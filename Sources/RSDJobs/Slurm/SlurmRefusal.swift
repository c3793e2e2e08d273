import Support

/// A Slurm command failed.
package struct SlurmRefusal: ProgramError, Equatable {
    package var command: String
    /// Its output.
    package var said: String

    package var explanation: Explanation {
        let lines = said.split(separator: "\n").map { $0.trimmingPrefix("\(command): ").trimmingPrefix("error: ") }
        let words = lines.joined(separator: "; ")
        guard let known = Self.known.first(where: { known in lines.contains { $0.contains(known.text) } }) else {
            return Explanation(
                "slurm-refusal", .badJob, "\(command) failed: \(words.isEmpty ? "no output" : words)", remedy: nil
            )
        }
        return Explanation(
            "slurm-refusal", .badJob, known.meaning, remedy: "\(known.next). (\(command): \(words))")
    }

    /// Meanings of Slurm's messages, the more specific ones first.
    private static let known: [(text: String, meaning: String, next: String)] = [
        (
            "nvalid partition", "the cluster has no partition of that name",
            "`sinfo -s` lists them; name one with --partition"
        ),
        (
            "Required partition not available", "the partition does not accept jobs now",
            "`sinfo -s` shows which are up; name another with --partition"
        ),
        (
            "CPU count per node can not be satisfied", "no node has the requested number of processors",
            "`sinfo -o '%P %c'` lists them; request fewer"
        ),
        (
            "Memory specification can not be satisfied", "no node has the requested memory",
            "`sinfo -o '%P %m'` lists it, in MB; request less"
        ),
        (
            "Requested node configuration is not available", "no node has the requested resources",
            "`sinfo -o '%P %c %m %G'` lists processors, memory and GPUs; request fewer GPUs with --gpus, or another --partition"
        ),
        (
            "Invalid generic resource", "the cluster has no such resource",
            "`sinfo -o '%P %G'` lists the names of its GPUs; use --gpus, or --sbatch '--gres=NAME:1' with such a name"
        ),
        ("Invalid --time", "the time limit is not valid", "Write it as 90 (minutes), 2:00:00 or 1-12 (days-hours)"),
        (
            "time limit is invalid", "the time limit is missing, or longer than the partition allows",
            "`sinfo -o '%P %l'` shows the limits; give one with --time"
        ),
        (
            "Invalid feature", "no node has that feature",
            "`sinfo -o '%P %f'` shows the features; correct --constraint"
        ),
        ("Invalid node name", "there is no node of that name", "`sinfo -N` lists them; correct the node's name"),
        (
            "reservation is invalid", "the reservation does not exist or is not yours",
            "`scontrol show reservation` lists them"
        ),
        (
            "Invalid account", "the account is not valid here or may not use the partition",
            "`sacctmgr show assoc user=$USER` lists yours; name one with --sbatch '--account=NAME'"
        ),
        (
            "Invalid qos", "the QOS does not exist or is not open to you",
            "`sacctmgr show assoc user=$USER format=qos` lists yours; name one with --sbatch '--qos=NAME'"
        ),
        (
            "violates accounting/QOS policy", "a limit of your account or QOS does not allow this",
            "Submit fewer shards or a shorter --time; `sacctmgr show assoc user=$USER` shows the limits"
        ),
        (
            "Invalid job array", "the array is larger than the cluster allows",
            "`scontrol show config | grep MaxArraySize` shows the limit; use fewer --shards"
        ),
        (
            "unrecognized option", "sbatch does not know the option",
            "Correct the options given with --sbatch; `sbatch --help` lists them"
        ),
        ("Invalid --", "an option has an invalid value", "Correct the options given with --sbatch"),
        (
            "Unable to contact slurm controller", "the cluster's controller does not respond",
            "Try again in a minute; `scontrol ping` shows whether it is up"
        ),
        (
            "configuration", "Slurm is not set up on this machine", "Submit from a login node of the cluster"
        ),
    ]
}
