import ModelLifecycle

/// Models for a job, by their names on the hub.
struct Trio: Sendable {
    var draft: String
    var target: String
    var prm: String
    var limit: Int
    var maxTokens: Int
    /// What they are and why they fit; may have several lines.
    var comment: String

    /// - Parameter memory: bytes of a GPU; nil without one.
    static func fitting(_ memory: Int?) -> Trio {
        let memory = memory ?? 0
        return all.first { memory >= $0.least }?.trio ?? smallest
    }

    private static let skywork = (
        small: "Skywork/Skywork-o1-Open-PRM-Qwen-2.5-1.5B", large: "Skywork/Skywork-o1-Open-PRM-Qwen-2.5-7B"
    )

    /// The largest first. `least` is what vLLM needs beside the largest model's weights, with room for a cache.
    private static let all: [(least: Int, trio: Trio)] = [
        (
            .gibibytes(42),
            Trio(
                draft: "Qwen/Qwen2.5-Math-1.5B-Instruct", target: "Qwen/Qwen2.5-Math-7B-Instruct", prm: skywork.large,
                limit: 100, maxTokens: 2048,
                comment: "The paper's trio (arXiv 2501.19324, Table 2) with its larger PRM: 3, 15 and 14 GB of weights."
            )
        ),
        (
            .gibibytes(20),
            Trio(
                draft: "Qwen/Qwen2.5-Math-1.5B-Instruct", target: "Qwen/Qwen2.5-Math-7B-Instruct", prm: skywork.small,
                limit: 100, maxTokens: 2048,
                comment: "The paper's smallest trio (arXiv 2501.19324, Table 2): 3, 15 and 3 GB of weights.")
        ),
        (
            .gibibytes(10),
            Trio(
                draft: "Qwen/Qwen2.5-1.5B-Instruct", target: "Qwen/Qwen2.5-7B-Instruct-AWQ", prm: skywork.small,
                limit: 100, maxTokens: 2048,
                comment: "A target with 4-bit weights, since 7B in 16 bits would not fit: 3, 6 and 3 GB of weights.")
        ),
    ]

    private static let smallest = Trio(
        draft: "Qwen/Qwen2.5-0.5B-Instruct", target: "Qwen/Qwen2.5-1.5B-Instruct", prm: skywork.small, limit: 20,
        maxTokens: 1024, comment: "Small models: 1, 3 and 3 GB of weights. A 24 GB GPU runs the trio of the paper.")
}
