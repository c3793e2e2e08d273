import ModelLifecycle

extension ProcessorShare {
    /// A notice that a run logs once; nil without settings.
    ///
    /// - Parameter settings: variables in the engines' environment, without those that the job or the user sets.
    package func note(engines: Int, on processors: HostProcessors, settings: [String: String]) -> String? {
        guard !settings.isEmpty else { return nil }
        let words = settings.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
        let cause =
            isShared
            ? "\(engines) engines share \(processors.usable) "
                + (processors.usable == 1 ? "processor" : "processors")
            : "a quota limits this job to \(processors.usable) of \(processors.allowed) processors"
        return "\(cause): each engine starts with \(words); to change this, set `env` in the job's `engine` section"
    }
}
