import ModelLifecycle
import Support

/// A first job for a machine: models that fit its GPU, a small part of a data set, and comments on what to change.
package struct JobTemplate: Sendable {
    /// The name of the run.
    package var name: String
    /// Of the first GPU; nil without one.
    package var gpu: String?
    /// Bytes of each GPU; nil without one.
    package var memory: Int?
    package var gpus = 1
    /// Whether the grader that needs Python is there.
    package var hasMathVerify = false
    /// Its file, for the commands in its comments.
    package var file = "job.yaml"
    /// The path of the schema for editors; nil if it was not found.
    package var schema: String?

    /// - Parameter gpus: those that engines will see.
    package init(name: String, gpus: [GPUDevice]) {
        self.name = name
        gpu = gpus.first?.name
        memory = gpus.map(\.total).min()
        self.gpus = max(1, gpus.count)
    }

    /// The machine in words: `one NVIDIA A10G with 22.5 GiB`.
    package var machine: String {
        guard let memory else { return "a machine without an NVIDIA GPU" }
        let gigabytes = "\(memory.inGiB) GiB"
        guard let gpu else { return "a GPU with \(gigabytes)" }
        return gpus > 1 ? "\(gpus) × \(gpu) with \(gigabytes) each" : "one \(gpu) with \(gigabytes)"
    }

    package var text: String {
        let trio = Trio.fitting(memory)
        let schemaLine = schema.map { "# yaml-language-server: $schema=\($0)\n" } ?? ""
        return schemaLine + """
            # A job for \(machine), written by `rsd-batch init`. docs/spec.md explains every key.
            # Next: rsd-batch fetch \(file.shellWord), then validate, plan and run in place of fetch.
            name: \(name)

            \(trio.comment.split(separator: "\n").map { "# \($0)" }.joined(separator: "\n"))
            models:
              draft: { model: \(trio.draft) } # writes most steps
              target: { model: \(trio.target) } # rewrites the steps that fall short
              prm: { model: \(trio.prm), profile: skywork } # gives every step a reward from 0 to 1

            engine:
              kind: vllm
              residency: auto # which models are in memory at the same time: chosen from their sizes
            \(engineLines)
            datasets:
              - { name: math500, limit: \(trio.limit) } # without `limit`, all 500 problems
              # - gsm8k # more known names are in docs/spec.md; your own: { name: mine, path: problems.jsonl }

            prompt: qwen25-math-cot # the paper's; `chat` uses the models' own chat templates

            decoding:
              delimiter: "\\n\\n" # ends a step
              max_tokens: \(trio.maxTokens) # limit of a whole response
              temperature: 0

            methods: # all of them share every model load
              - draft_only
              - target_only
              - rsd: { threshold: 0.7 } # a list tries several: [0.6, 0.7, 0.8]

            \(grading)

            """
    }

    private var engineLines: String {
        guard memory != nil else {
            return """
                  # vLLM's CPU build needs nothing else, but it is slow: this is for trying things out.

                """
        }
        guard gpus > 1 else { return "" }
        return """
              # args: { tensor-parallel-size: \(gpus) } # spreads each model over \(gpus) GPUs, for larger models

            """
    }

    private var grading: String {
        hasMathVerify
            ? "grading: { with: math-verify } # `exact` needs no Python"
            : "grading: { with: exact } # `math-verify` understands more notations; it needs that Python package"
    }
}
