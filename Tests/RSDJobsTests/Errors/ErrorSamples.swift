@testable import Checkpoints
@testable import Decoding
import Foundation
@testable import Graders
@testable import Hub
@testable import JobSpecs
@testable import ModelLifecycle
@testable import RSDJobs
@testable import Reporting
@testable import RunServer
@testable import RunStore
@testable import Runner
@testable import Support
@testable import Terminal
@testable import rsd_batch

/// One value of each error that may end the program, and two where its exit differs.
struct ErrorSample {
    var error: any ProgramError
    var code: String
    var exit: ExitCategory

    init(_ error: any ProgramError, _ code: String, _ exit: ExitCategory) {
        (self.error, self.code, self.exit) = (error, code, exit)
    }

    static let all: [ErrorSample] = job + hub + directory + engine + disk + rest

    private static let fault = Diagnostic(file: "job.yaml", line: 3, column: 1, message: "a fault")
    private static let faults = SpecErrors(file: "job.yaml", diagnostics: [fault])
    private static let unstored = {
        var errors = faults
        errors.isAboutStorage = true
        return errors
    }()
    private static let shards = [Shard(index: 1, count: 2)].compactMap(\.self)
    private static let change = SpecIdentity.Change(key: "seed", old: "1", new: "2")

    private static let job = [
        ErrorSample(TooFewGPUs(asked: 1, needed: 2), "too-few-gpus", .badJob),
        ErrorSample(faults, "job-invalid", .badJob),
        ErrorSample(RunIncomplete(errors: faults), "run-incomplete", .badJob),
        ErrorSample(DemoMissing(), "demo-missing", .badJob),
        ErrorSample(NoRun(directory: "run"), "no-run", .badJob),
        ErrorSample(NoShards(directory: "run"), "no-shards", .badJob),
        ErrorSample(NoSubmission(directory: "run"), "no-submission", .badJob),
        ErrorSample(NoTrajectory(name: "a", run: "run", nearest: ["b", "c"]), "no-trajectory", .badJob),
        ErrorSample(NoTrajectory(name: "a", run: "run", found: ["a", "b"]), "no-trajectory", .badJob),
        ErrorSample(UnknownCommand(name: "rnu"), "unknown-command", .usage),
        ErrorSample(UnknownCommand(name: "job.yaml"), "unknown-command", .usage),
        ErrorSample(ExportUnavailable(format: "hf", module: "pyarrow", python: nil), "export-unavailable", .badJob),
        ErrorSample(ExportUnavailable(format: "wandb", module: "wandb", python: "py"), "export-unavailable", .badJob),
        ErrorSample(ExportFailed(library: "wandb", reason: "no key"), "export-failed", .badJob),
        ErrorSample(JobsShareDirectory(directory: "runs/a"), "jobs-share-directory", .badJob),
        ErrorSample(NoFolder(path: "runs"), "no-folder", .badJob),
        ErrorSample(CannotListen(host: "127.0.0.1", port: 80, errno: EACCES), "cannot-listen", .badJob),
        ErrorSample(UnknownReference(name: "rsd", known: ["a/rsd", "b/rsd"], matches: 2), "no-method", .badJob),
        ErrorSample(UnknownReference(name: "rds", known: ["a/rsd"], matches: 0), "no-method", .badJob),
        ErrorSample(CalibrationFault(run: "runs/a", reason: "it is unfinished"), "not-calibrated", .badJob),
        ErrorSample(UnusableRun(description: "nothing is finished"), "run-unusable", .badJob),
        ErrorSample(UnusableAnswers(file: "a.jsonl", diagnostics: [fault]), "answers-unusable", .badJob),
        ErrorSample(FileExists(path: "job.yaml"), "file-exists", .badJob),
        ErrorSample(GraderUnavailable("no Python"), "grader-unavailable", .badJob),
        ErrorSample(TooManyShards(shards: 4, problems: 3), "too-many-shards", .badJob),
        ErrorSample(ModelFilesError("no config.json"), "model-files", .badJob),
        ErrorSample(SlurmMissing(command: "sbatch"), "slurm-missing", .badJob),
        ErrorSample(SlurmRefusal(command: "sbatch", said: "Invalid account"), "slurm-refusal", .badJob),
        ErrorSample(SlurmRefusal(command: "sbatch", said: ""), "slurm-refusal", .badJob),
    ]

    private static let hub = HubError.Code.allCases.map { code in
        ErrorSample(
            HubError(code, "it failed", remedy: "Try again."), "hub-\(code.rawValue)",
            [.room, .cache].contains(code) ? .disk : .badJob)
    }

    private static let directory = [
        ErrorSample(RunGone(directory: "run"), "run-gone", .directoryTaken),
        ErrorSample(RunLocked(directory: "run"), "run-locked", .directoryTaken),
        ErrorSample(RunLockLost(directory: "run"), "run-lock-lost", .directoryTaken),
        ErrorSample(RunLockLost(directory: "run", failure: "stale"), "run-lock-lost", .directoryTaken),
        ErrorSample(RunLockLost(directory: "run", isElsewhere: true), "run-lock-lost", .directoryTaken),
        ErrorSample(SpecChanged(directory: "run", changes: [change]), "spec-changed", .directoryTaken),
        ErrorSample(SpecChanged(directory: "run", changes: [change], reusable: 3), "spec-changed", .directoryTaken),
        ErrorSample(NoGPUForShard(found: 0, needed: 1), "no-gpu-for-shard", .engine),
        ErrorSample(NoGPUForShard(found: 1, needed: 2), "no-gpu-for-shard", .engine),
        ErrorSample(NothingToReuse(path: "runs"), "nothing-to-reuse", .badJob),
        ErrorSample(DamagedRun(URL(filePath: "/run"), "is gone", "Restore it."), "run-damaged", .directoryTaken),
        ErrorSample(JournalCorrupt(file: "events", line: 3), "journal-corrupt", .directoryTaken),
        ErrorSample(JournalCorrupt(file: "events", line: 3, isIntact: true), "journal-corrupt", .directoryTaken),
        ErrorSample(NewerRun(manifest: "manifest.json", program: "9.0"), "run-newer", .directoryTaken),
        ErrorSample(ForeignEvent(line: 3, reason: "it differs"), "foreign-event", .directoryTaken),
        ErrorSample(ShardsMixed(directory: "run", found: shards), "shards-mixed", .directoryTaken),
        ErrorSample(ShardsMixed(directory: "run", found: [], shard: shards.first), "shards-mixed", .directoryTaken),
        ErrorSample(ShardChanged(directory: "run", found: shards.first), "shard-changed", .directoryTaken),
        ErrorSample(
            ShardsUnfit(
                run: ShardedRun(RunDirectory(URL(filePath: "/run"))),
                faults: shards.map { ShardFault(shard: $0, kind: .notBegun) }),
            "shards-unfit", .directoryTaken),
        ErrorSample(
            StillQueued(directory: "run", tasks: [SlurmTask(job: "1", state: "PENDING")]), "still-queued",
            .directoryTaken),
        ErrorSample(LedgerError(path: "engines.jsonl", doing: "opened", code: EISDIR), "ledger", .directoryTaken),
    ]

    private static let engine =
        [
            EngineError.Code.cannotLaunch, .diedDuringStart, .noMemory, .silentDuringStart, .noPort, .died, .notReady,
            .stopped, .wrongServer,
        ]
        .map { ErrorSample(EngineError($0, engine: "draft", "it failed"), "engine-\($0.rawValue)", .engine) } + [
            ErrorSample(EngineUseless(engines: ["draft"], reason: "it died"), "engine-useless", .engine),
            ErrorSample(EngineUnkillable(engine: "draft", survivors: []), "engine-unkillable", .engine),
            ErrorSample(
                EngineAnswerError.malformed(endpoint: "/score", what: "no score", excerpt: "{}"), "engine-answer",
                .engine),
            ErrorSample(MalformedResponse(description: "two scores for one step"), "engine-nonsense", .engine),
            ErrorSample(FailedAttempt(description: "no answer in time"), "failed-attempt", .engine),
            ErrorSample(CanaryError(description: "it answers otherwise"), "canary", .engine),
            ErrorSample(HTTPError.shutDown, "http", .engine),
            ErrorSample(SpawnError.executableMissing("/vllm"), "spawn", .engine),
            ErrorSample(SpawnError.failed("/vllm", reason: "no memory"), "spawn", .engine),
            ErrorSample(ResidencyError(description: "two engines have a name"), "residency", .engine),
            ErrorSample(ResidencyImpossible("too little memory"), "residency-impossible", .engine),
            ErrorSample(GPUUnmeasurable("the driver is stuck"), "gpu-unmeasurable", .engine),
        ]

    private static let disk = [
        ErrorSample(FileFailure(path: "run", errno: EACCES), "file", .disk),
        ErrorSample(FileFailure(path: "run", errno: ENOSPC), "file", .disk),
        ErrorSample(JournalWriteFailure(path: "events", errno: EIO), "journal-unwritable", .disk),
        ErrorSample(LedgerError(path: "engines.jsonl", doing: "written", code: ENOSPC), "ledger", .disk),
        ErrorSample(unstored, "job-invalid", .disk),
        ErrorSample(ForeignError(error: CocoaError(.fileWriteOutOfSpace)), "disk", .disk),
        ErrorSample(ForeignError(error: POSIXError(.EROFS)), "disk", .disk),
    ]

    private static let rest = [
        ErrorSample(Interrupted(), "interrupted", .interrupted),
        ErrorSample(Interrupted(reason: "--deadline is near"), "interrupted", .interrupted),
        ErrorSample(UnexpectedEvent(description: "more arrived"), "unexpected-event", .unexpected),
        ErrorSample(TooFewDescriptors(limit: 64, least: 256), "too-few-descriptors", .unexpected),
        ErrorSample(ForeignError(error: CocoaError(.fileReadNoSuchFile)), "unexpected", .unexpected),
        ErrorSample(ForeignError(error: POSIXError(.ECONNREFUSED)), "unexpected", .unexpected),
        ErrorSample(ForeignError(error: CancellationError()), "unexpected", .unexpected),
    ]
}
