extension BadCase {
    private static let rsd = "{ rsd: { threshold: 0.7 } }"

    /// Faults of samples and of how methods are sampled.
    static let samples = [
        BadCase("no samples", changes: [("seed: 7", "seed: 7\nsamples: 0")]),
        BadCase("too many samples", changes: [("seed: 7", "seed: 7\nsamples: 65537")]),
        BadCase("samples that are no number", changes: [("seed: 7", "seed: 7\nsamples: many")]),
        BadCase("half a sample of a method", changes: [(rsd, "{ rsd: { samples: 2.5 } }")]),
        BadCase("other samples than seeds", changes: [("seed: 7", "seed: [1, 2, 3]\nsamples: 4")]),
        BadCase(
            "more samples of a method than seeds",
            changes: [("seed: 7", "seed: [1, 2, 3]"), (rsd, "{ rsd: { samples: 4 } }")]),
        BadCase("a misspelt number of samples", changes: [("seed: 7", "seed: 7\nsample: 4")]),
        BadCase("a misspelt number of samples of a method", changes: [(rsd, "{ rsd: { sample: 4 } }")]),
        BadCase("a method below freezing", changes: [(rsd, "{ rsd: { temperature: -0.1 } }")]),
        BadCase("a method's temperature in words", changes: [(rsd, "{ rsd: { temperature: greedy } }")]),
        BadCase("a top_p of more than all tokens", changes: [("- target_only", "- target_only: { top_p: 1.1 }")]),
        BadCase("samples of a method that are all the same", changes: [(rsd, "{ rsd: { samples: 2 } }")]),
        BadCase("samples on the command line", set: "samples=4", "methods.0.rsd.samples=0"),
    ]
}
