import ModelLifecycle

extension ProcessorShare {
    /// What a run says of it, once.
    ///
    /// - Parameter settings: what engines get in their environment, without what the job or the user has set; with none there is
    ///   nothing to say.
    package func note(engines: Int, on processors: HostProcessors, settings: [String: String]) -> String? {
        guard !settings.isEmpty else { return nil }
        let words = settings.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
        let cause =
            isShared
            ? "\(engines) engines that are up together share \(processors.usable) "
                + (processors.usable == 1 ? "processor" : "processors")
            : "a quota gives this job the time of \(processors.usable) of the \(processors.allowed) processors"
        return "\(cause): each engine starts with \(words); `env` in the job's `engine` section comes before that"
    }
}
