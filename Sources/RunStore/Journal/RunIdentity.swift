import JobSpecs

/// The owner of a journal: a job, or one shard of it.
package struct RunIdentity: Sendable, Hashable {
    /// ``SpecIdentity/hash`` of the whole job.
    package var job: String
    package var shard: Shard?

    package init(job: String, shard: Shard? = nil) {
        self.job = job
        self.shard = shard
    }
}
