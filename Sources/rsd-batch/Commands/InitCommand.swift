import ArgumentParser
import Foundation
import ModelLifecycle
import RSDJobs
import Support

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write a commented job for the GPU of this machine.",
        discussion: """
            Chooses models that fit the GPU, and prints the next commands. Asks nothing, and replaces no file without --force.
            """)

    @Argument(
        help: ArgumentHelp("The file to write; - prints the job instead.", valueName: "job"),
        completion: .file(extensions: ["yaml", "yml"]))
    var file = "job.yaml"

    @Option(help: ArgumentHelp("Write it for a GPU with this much memory, not for this machine.", valueName: "GiB"))
    var gpuMemory: Double?

    @Flag(help: "Replace an existing file.")
    var force = false

    func validate() throws {
        guard let gpuMemory, !(gpuMemory > 0 && gpuMemory < 1e6) else { return }
        throw ValidationError("--gpu-memory must be a number of GiB, such as 80.")
    }

    func run() async throws {
        let console = Console()
        let template = await template(console.environment)
        if file == "-" { return try console.out(template.text) }
        try NewFile.write(template.text, to: file, replaces: force)
        let path = file.shellWord
        let hint = template.memory == nil ? "; for the GPU of another machine, use --gpu-memory" : ""
        try console.out(
            """
            \(file): a job for \(template.machine)\(hint)

              rsd-batch fetch \(path)      download the models and data
              rsd-batch validate \(path)   check it
              rsd-batch plan \(path)       estimate memory and time
              rsd-batch run \(path)        run it
            """)
    }

    private func template(_ environment: [String: String]) async -> JobTemplate {
        var template = JobTemplate(name: name, gpus: gpuMemory == nil ? await gpus(environment) : [])
        if let gpuMemory { template.memory = .gibibytes(gpuMemory) }
        template.schema = Program.file("jobs/job.schema.json")
        if file != "-" { template.file = file }
        let facts = try? await VLLMDialect(installation: .named(nil)).facts()
        template.hasMathVerify = (facts?.packages["math-verify"] ?? nil) != nil
        return template
    }

    /// GPUs that cannot be measured, such as MIG slices, count as none.
    private func gpus(_ environment: [String: String]) async -> [GPUDevice] {
        (try? await GPUProbe(environment: environment).devices()) ?? []
    }

    /// The file's name as the name of a run.
    private var name: String {
        let stem = URL(filePath: file).deletingPathExtension().lastPathComponent
        let plain = stem.replacing(/[^A-Za-z0-9_.-]+/, with: "-").drop { !$0.isLetter && !$0.isNumber }
        return file == "-" || plain.isEmpty ? "job" : String(plain.prefix(100))
    }
}
