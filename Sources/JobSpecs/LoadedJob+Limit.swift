extension LoadedJob {
    /// The job with at most the first `limit` problems of each data set, as if its spec said so.
    package func limited(to limit: Int) -> LoadedJob {
        var job = self
        for index in spec.datasets.indices {
            job.spec.datasets[index].limit = min(spec.datasets[index].limit ?? limit, limit)
        }
        for name in allProblems.keys { job.allProblems[name] = Array(allProblems[name, default: []].prefix(limit)) }
        job.problems = shard?.problems(of: job.allProblems) ?? job.allProblems
        return job
    }
}
