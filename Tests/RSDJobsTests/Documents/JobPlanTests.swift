@testable import Checkpoints
@testable import Datasets
@testable import Decoding
import Foundation
@testable import JobSpecs
@testable import RSDJobs
@testable import Runner
@testable import SpecYAML
@testable import Support
@testable import Terminal
import TestSupport
import Testing

/// The jobs of the repository, with checkpoints of the right shapes in place of those that they name.
@Suite("The jobs that come with the program") struct JobPlanTests {
    /// Checkpoints that are written once for all tests.
    private actor Models {
        static let shared = Models()
        private var scratch: Scratch?
        private var written: [String: String] = [:]

        private var read: [String: ModelFiles] = [:]

        func files(of card: ModelCard) throws -> ModelFiles {
            if let files = read[card.name] { return files }
            let files = try ModelFiles(directory: path(of: card))
            read[card.name] = files
            return files
        }

        func path(of card: ModelCard) throws -> String {
            if let path = written[card.name] { return path }
            let scratch = try self.scratch ?? Scratch()
            self.scratch = scratch
            try card.write(to: scratch.file(card.name))
            written[card.name] = scratch.path(card.name)
            return scratch.path(card.name)
        }
    }

    /// A job, its data sets replaced by a problem.
    private func load(_ name: String, _ scratch: Scratch, _ more: [String] = []) async throws -> (
        LoadedJob, [Role: ModelCard]
    ) {
        let file = JobSchemaTests.jobs.appending(path: name)
        let source = try SourceText(file: name, utf8: Data(contentsOf: file))
        let spec = try #require(JobLoader.decode(source, directory: "/jobs").job)
        var (settings, cards) = (more, [Role: ModelCard]())
        for role in Role.named {
            guard let model = spec.models[role]?.value,
                let card = ModelCard.named(model.hub?.name ?? model.model.replacing("/jobs/", with: "./"))
            else { continue }
            cards[role] = card
            settings.append("models.\(role.rawValue).model=\(try await Models.shared.path(of: card))")
        }
        if cards.isEmpty {
            settings.append("datasets.0.limit=1")
        } else {
            try scratch.write(
                (0..<1).map { #"{"question": "\#($0)+\#($0)?", "answer": "\#(2 * $0)"}"# }.joined(separator: "\n"),
                to: "problems.jsonl")
            settings.append(
                "datasets=[{ name: \(spec.datasets[0].spec.name), path: \(scratch.path("problems.jsonl")) }]")
        }
        return (try JobLoader.load(file, settings: settings), cards)
    }

    @Test("each is valid and can be planned, on the GPU that it is for", arguments: try JobSchemaTests.names())
    func valid(name: String) async throws {
        let scratch = try Scratch()
        var (job, cards) = try await load(name, scratch)
        #expect(job.warnings.map(\.rendered) == [])
        let node = PlannedNode(gpuMemory: .gibibytes(name == "gpu-24gb.yaml" ? 24 : 80), ram: .gibibytes(400))
        // The simulation takes its time with thoughts of hundreds of steps.
        job.spec.decoding.maxSteps = min(job.spec.decoding.maxSteps, 20)
        let plan = try await Job.plan(job, node: node)
        #expect(plan.models.map(\.role).contains(.target) == (job.models[.target] != nil))
        for group in plan.groups where group.need > 0 { #expect(group.budget.map { group.need <= $0 } ?? false) }
        for (role, card) in cards {
            #expect(isNear(job.models[role]?.size.parameters, card.parameters), "\(card.name)")
        }
        #expect(
            plan.gpus == (job.spec.engine.kind == .vllm && job.spec.engine.residency != .attach ? job.spec.gpus : nil))
    }

    @Test("what a model takes of a GPU is what is known of it, to one per cent", arguments: ModelCard.all.map(\.name))
    func figures(name: String) async throws {
        let card = try #require(ModelCard.named(name))
        let files = try await Models.shared.files(of: card)
        #expect(isNear(files.size.parameters, card.parameters), "\(files.size)")
        #expect(isNear(files.memory.weights(as: .automatic), card.gigabytes * 1e9))
        #expect(files.memory.cachePerToken(as: .automatic) == card.cachePerToken)
    }

    @Test("a mixture of experts has all of its weights in memory and computes with some of them")
    func mixture() async throws {
        let card = try #require(ModelCard.named("Qwen/Qwen3-30B-A3B"))
        let size = try await Models.shared.files(of: card).size
        #expect(size.total == 30_532_122_624)
        #expect(size.parameters == 3_353_032_704)
    }

    @Test("two GPUs have half of the model each, in FP8 if it is converted")
    func twoGPUs() async throws {
        let scratch = try Scratch()
        let (job, _) = try await load("two-gpus.yaml", scratch)
        let plan = try await Job.plan(job, node: PlannedNode(gpuMemory: .gibibytes(80), gpus: 2, ram: .gibibytes(400)))
        let target = try #require(plan.models.first { $0.role == .target })
        #expect(plan.gpus == 2 && target.gpus == 2)
        #expect(JobOverview(job, file: "job.yaml").gpus == 2)
        // 70.21 billion weights in matrices of one byte, 2.49 in embeddings of two.
        #expect(isNear(target.weights, (70.21e9 + 2 * 2.49e9) / 2))
        #expect(target.cache == 8192 * 2 * 80 * 4 * 128 * 2)
        #expect(plan.models.first { $0.role == .draft }?.gpus == nil)
        await #expect(throws: ResidencyImpossible.self) {
            try await Job.plan(job, node: PlannedNode(gpuMemory: .gibibytes(80), gpus: 1))
        }
        let unspread = try await load("two-gpus.yaml", scratch, ["models.target.args={ tensor-parallel-size: 1 }"]).0
        await #expect(throws: ResidencyImpossible.self) {
            try await Job.plan(unspread, node: PlannedNode(gpuMemory: .gibibytes(80)))
        }
    }

    @Test(
        "a model is divided between GPUs as vLLM divides it",
        arguments: [
            // Tensor parallelism halves everything; heads of keys are repeated where there are more GPUs than heads.
            ("Qwen/Qwen2.5-7B-Instruct", ModelSpread(tensor: 2, pipeline: 1, data: 1), 7.615, 2.0),
            ("Qwen/Qwen2.5-7B-Instruct", ModelSpread(tensor: 4, pipeline: 1, data: 1), 3.808, 1.0),
            ("Qwen/Qwen3-30B-A3B", ModelSpread(tensor: 8, pipeline: 1, data: 1), 7.633, 1.0),
            // Stages have whole layers, and the first and the last an embedding each.
            ("Qwen/Qwen2.5-7B-Instruct", ModelSpread(tensor: 1, pipeline: 2, data: 1), 7.615, 2.0),
            ("Qwen/Qwen2.5-7B-Instruct", ModelSpread(tensor: 1, pipeline: 3, data: 1), 5.752, 4.0 * 10 / 28),
            ("Qwen/Qwen2.5-7B-Instruct", ModelSpread(tensor: 2, pipeline: 2, data: 1), 3.808, 1.0),
            // Copies are whole, except for experts.
            ("Qwen/Qwen2.5-7B-Instruct", ModelSpread(tensor: 1, pipeline: 1, data: 2), 15.23, 4.0),
            ("Qwen/Qwen3-30B-A3B", ModelSpread(tensor: 2, pipeline: 1, data: 1), 30.53, 2.0),
            ("Qwen/Qwen3-30B-A3B", ModelSpread(tensor: 1, pipeline: 1, data: 2), 32.07, 4.0),
            ("Qwen/Qwen2.5-72B-Instruct-AWQ", ModelSpread(tensor: 2, pipeline: 1, data: 1), 20.8, 4.0),
        ])
    func spread(name: String, spread: ModelSpread, gigabytes: Double, heads: Double) async throws {
        let card = try #require(ModelCard.named(name))
        let memory = try await Models.shared.files(of: card).memory
        #expect(isNear(memory.weights(as: .automatic, over: spread), gigabytes * 1e9))
        let all = name.contains("72B") ? 8.0 : 4.0
        #expect(
            isNear(
                memory.cachePerToken(as: .automatic, over: spread), Double(card.cachePerToken) * heads / all))
    }

    @Test("a model that cannot be divided so is refused before anything starts")
    func indivisible() async throws {
        let scratch = try Scratch()
        func fault(_ args: String) async throws -> String? {
            do {
                _ = try await load("judge.yaml", scratch, ["models.target.args=\(args)"])
                return nil
            } catch let error as SpecErrors {
                return error.diagnostics.map(\.rendered).joined()
            }
        }
        // It has 28 heads, 4 of them with keys and values, and 28 layers.
        #expect(try await fault("{ tensor-parallel-size: 8 }")?.contains("28 attention heads") == true)
        #expect(try await fault("{ tensor-parallel-size: 7 }")?.contains("4 key-value heads") == true)
        #expect(try await fault("{ pipeline-parallel-size: 29 }")?.contains("28 layers") == true)
        #expect(try await fault("{ tensor-parallel-size: 4, pipeline-parallel-size: 7 }") == nil)
    }

    @Test("weights that are converted while loading take what vLLM makes of them")
    func converted() async throws {
        let card = try #require(ModelCard.named("Qwen/Qwen2.5-7B-Instruct"))
        let memory = try await Models.shared.files(of: card).memory
        // 6.53 billion weights in matrices, 1.09 in embeddings.
        #expect(isNear(memory.weights(as: .automatic, quantisedBy: .fp8), 6.53e9 + 2 * 1.09e9))
        #expect(isNear(memory.weights(as: .automatic, quantisedBy: .bitsandbytes), 0.52 * 6.53e9 + 2 * 1.09e9))
        let packed = try #require(ModelCard.named("Qwen/Qwen2.5-72B-Instruct-AWQ"))
        let awq = try await Models.shared.files(of: packed).memory
        #expect(isNear(awq.weights(as: .automatic, quantisedBy: .fp8), 41.6e9))
    }

    private func isNear(_ figure: Int?, _ expected: Double) -> Bool {
        figure.map { abs(Double($0) - expected) <= 0.01 * expected } ?? false
    }
}
