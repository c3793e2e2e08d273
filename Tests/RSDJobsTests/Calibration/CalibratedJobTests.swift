@testable import Decoding
import Foundation
@testable import JobSpecs
@testable import Methods
@testable import RSDJobs
@testable import Reporting
@testable import RunStore
@testable import Runner
@testable import SpecYAML
@testable import Support
import Testing

/// `threshold: { calibrate: RUN, … }` in a job.
@Suite("Calibrated thresholds in jobs") struct CalibratedJobTests {
    /// A finished sweep beside the job: 0.3 and 0.7 solve 1 and 5 of six problems.
    private func sweep(_ runs: borrowing ComparedRuns, right: Int = 5) async throws {
        let names = ComparedRuns.sums.map(\.id)
        try await runs.run(
            "sweep", changes: [("- { rsd: { threshold: 0.7 } }", "- { rsd: { threshold: [0.3, 0.7] } }")],
            right: ["rsd-0.3": Set(names.prefix(1)), "rsd-0.7": Set(names.prefix(right))])
    }

    /// A job beside the sweep.
    private func file(_ runs: borrowing ComparedRuns, _ method: String) throws -> URL {
        let file = runs.dataFile("sweep").deletingLastPathComponent().appending(path: "next.yaml")
        let text = SpecFixture.job.replacing("- { rsd: { threshold: 0.7 } }", with: "- \(method)")
            .replacing("path: problems.jsonl", with: "path: sweep.jsonl, id: uid").replacing(
                "name: demo", with: "name: next")
        try Data(text.utf8).write(to: file)
        return file
    }

    private func load(_ file: URL, pins: RunPins? = nil) throws -> LoadedJob {
        try JobLoader.load(file, models: SpecLookup(pins: { _ in pins }, calibrate: Calibration.threshold))
    }

    private func fault(_ file: URL) -> String {
        do {
            _ = try load(file)
            return "loaded"
        } catch {
            return "\(error)"
        }
    }

    private static let halfway = "rsd: { threshold: { calibrate: sweep, accuracy: 0.5 } }"

    @Test("the threshold is the one that meets the goal in the named run, found from the spec's directory")
    func taken() async throws {
        let runs = try ComparedRuns()
        try await sweep(runs)
        let job = try load(try file(runs, Self.halfway))
        // Accuracies 1/6 and 5/6.
        #expect(job.spec.methods.map(\.name) == ["rsd", "target_only"])
        #expect(job.spec.methods[0].kind == .rsd(.binaryStep(threshold: 0.5)))
        #expect(job.thresholds.map(\.threshold) == [0.5] && job.thresholds[0].request.run == "sweep")
        #expect(job.spec.renderYAML().contains("threshold: 0.5"))
        let cost = try load(try file(runs, "rsd: { threshold: { calibrate: sweep, cost: 900, dataset: heldout } }"))
        #expect(cost.spec.methods[0].kind == .rsd(.binaryStep(threshold: 0.7)))
    }

    @Test("in a sweep, a method is named after its goal")
    func sweeps() async throws {
        let runs = try ComparedRuns()
        try await sweep(runs)
        let method =
            "rsd: { threshold: [0.5, { calibrate: sweep, accuracy: 0.5 }, { calibrate: sweep, cost: 900, method: rsd-0.3 }] }"
        let methods = try load(try file(runs, method)).spec.methods
        #expect(methods.map(\.name) == ["rsd-0.5", "rsd-accuracy-0.5", "rsd-cost-900", "target_only"])
        #expect(methods[1].kind == methods[0].kind)
    }

    @Test("a run keeps the threshold that it was begun with, and another goal is another job")
    func kept() async throws {
        let runs = try ComparedRuns()
        try await sweep(runs)
        let file = try file(runs, Self.halfway)
        let job = try load(file)
        let directory = runs.directory("next")
        _ = try await JobRun(job, in: directory, on: FakePool(engines: FakeEngines { _, _, _ in .answer })).run()
        let manifest = try #require(try Manifest.read(directory.manifest))
        #expect(manifest.identity["methods.rsd.threshold"] == "0.5")
        #expect(manifest.thresholds == job.thresholds)
        // The named run is graded otherwise now: 1/6 and 3/6.
        try runs.grade(runs.directory("sweep"), ["rsd-0.3": ["p1"], "rsd-0.7": ["p1", "p2", "p3"]])
        #expect(try load(file).spec.methods[0].kind == .rsd(.binaryStep(threshold: 0.7)))
        let pins = try #require(directory.pins)
        #expect(try load(file, pins: pins).spec.methods[0].kind == .rsd(.binaryStep(threshold: 0.5)))
        // Also when it is gone.
        try FileManager.default.removeItem(at: runs.directory("sweep").url)
        let resumed = try load(file, pins: pins)
        #expect(JobChanges(from: manifest.identity, to: resumed).isEmpty)
        #expect(fault(file).contains("next.yaml:15:"))
        // The run's own spec has the number alone, and running it forgets nothing.
        let own = try JobLoader.load(directory.job)
        #expect(own.thresholds.isEmpty && own.spec.methods == resumed.spec.methods)
        var again = manifest
        again.note(own.thresholds)
        #expect(again == manifest)
    }

    @Test("a program that resumes a run needs what the run recorded, not the run that is named")
    func resumed() async throws {
        let runs = try ComparedRuns()
        try await sweep(runs)
        let file = try file(runs, Self.halfway)
        let directory = runs.directory("next")
        _ = try await JobRun(load(file), in: directory, on: FakePool(engines: FakeEngines { _, _, _ in .answer })).run()
        try FileManager.default.removeItem(at: runs.directory("sweep").url)
        await #expect(throws: (any Error).self) { try await RSDJob(spec: file) }
        let job = try await RSDJob(spec: file, resuming: directory.url)
        #expect(job.responses == 12)
        #expect(try await job.run(in: directory.url).map(\.method) == ["rsd", "target_only"])
        // Another directory is another run, for which the threshold has to be found.
        await #expect(throws: (any Error).self) {
            try await RSDJob(spec: file, resuming: runs.directory("other").url)
        }
    }

    @Test("a merged run has the thresholds of its shards, and those of the job that was submitted")
    func merged() async throws {
        let runs = try ComparedRuns()
        try await sweep(runs)
        let file = try file(runs, Self.halfway)
        let job = try load(file)
        for (name, isSubmitted) in [("here", false), ("slurm", true)] {
            let run = ShardedRun(runs.directory(name))
            // A task on Slurm runs the spec with the number.
            let own = file.deletingLastPathComponent().appending(path: "\(name).yaml")
            try Data(job.spec.renderYAML().utf8).write(to: own)
            for shard in Shard.all(2) {
                let part = try isSubmitted ? JobLoader.load(own).part(shard) : job.part(shard)
                _ = try await JobRun(
                    part, in: run.directory(of: shard), on: FakePool(engines: FakeEngines { _, _, _ in .answer })
                ).run()
            }
            if isSubmitted {
                let submission = Submission(
                    array: "1", merge: nil, shards: 2, submitted: [1, 2], at: "", thresholds: job.thresholds)
                try AtomicFile.write(json: submission, to: run.parent.submission)
            }
            _ = try await Job.merge(run.parent, interruption: Interruption()) { _, _, _ in }
            #expect(try Manifest.read(run.parent.manifest)?.thresholds == job.thresholds, "\(name)")
        }
    }

    @Test("what is wrong with a request or its run is named at its place in the spec")
    func faults() async throws {
        let runs = try ComparedRuns()
        try await sweep(runs)
        for (settings, wanted) in [
            ("{ calibrate: sweep }", ":15:23: error: a goal is missing"),
            ("{ calibrate: sweep, accuracy: 0.5, cost: 1 }", "are two goals"),
            ("{ accuracy: 0.5 }", "missing key 'calibrate' in 'threshold'"),
            ("{ calibrate: sweep, acuracy: 0.5 }", "unknown key 'acuracy' in 'threshold'; did you mean 'accuracy'?"),
            ("{ calibrate: sweep, accuracy: 85 }", "'accuracy' must be from 0 to 1, found 85"),
            ("{ calibrate: sweep, cost: 0 }", "'cost' must be more than 0"),
            ("{ calibrate: 7, cost: 1 }", "expected text for 'calibrate'"),
            ("{ calibrate: nowhere, accuracy: 0.5 }", ":15:36: error: no threshold from this run: "),
            ("{ calibrate: nowhere, accuracy: 0.5 }", "is not a run directory"),
            ("{ calibrate: sweep, accuracy: 0.95 }", "the highest is 83.3% at 0.7"),
            ("{ calibrate: sweep, accuracy: 0.5, method: target_only }", "no method with a threshold called"),
            ("{ calibrate: sweep, accuracy: 0.5, dataset: other }", "no data set called \"other\""),
        ] {
            let found = fault(try file(runs, "rsd: { threshold: \(settings) }"))
            #expect(found.contains(wanted), "\(settings): \(found)")
            #expect(found.components(separatedBy: " error: ").count - 1 <= 2, "\(settings): \(found)")
        }
        let kind = fault(try file(runs, "confidence: { threshold: { calibrate: sweep, accuracy: 0.5 } }"))
        #expect(kind.contains("has no confidence with a threshold"), "\(kind)")
        // Only a threshold is calibrated.
        let other = fault(try file(runs, "rsd: { weighting: constant, p: { calibrate: sweep, accuracy: 0.5 } }"))
        #expect(other.contains("expected a number for 'p', found a mapping"), "\(other)")
    }

    @Test("a threshold of methods with other settings is refused")
    func otherSettings() async throws {
        let runs = try ComparedRuns()
        try await sweep(runs)
        let found = fault(
            try file(runs, "rsd: { weighting: logistic, alpha: 9, threshold: { calibrate: sweep, accuracy: 0.5 } }"))
        #expect(
            found.contains("settings: weighting: binary_step, where this one has weighting: logistic, alpha: 9; name"),
            "\(found)")
    }

    @Test("where a spec is read for something else, no run is read and nothing is missing")
    func elsewhere() throws {
        let source = SourceText(
            file: "job.yaml",
            text: SpecFixture.job.replacing(
                "- { rsd: { threshold: 0.7 } }",
                with: "- rsd: { threshold: [{ calibrate: a, cost: 0.5 }, { calibrate: b, accuracy: 0.9 }] }\n"
                    + "  - confidence: { threshold: { calibrate: c, cost: 0.5 } }"))
        let (job, diagnostics) = JobLoader.decode(source, directory: "/")
        #expect(diagnostics.map(\.rendered) == [])
        #expect(job?.methods.map(\.name) == ["rsd-cost-0.5", "rsd-accuracy-0.9", "confidence", "target_only"])
        #expect(job?.thresholds == [])
    }

    @Test("a calibrated threshold is written and read back", arguments: [CalibrationGoal.accuracy(0.9), .cost(0.5)])
    func coding(goal: CalibrationGoal) throws {
        let request = ThresholdRequest(kind: "rsd", run: "runs/a", goal: goal, dataset: "d")
        let taken = CalibratedThreshold(request: request, threshold: 0.71, settings: "by: margin", low: nil, high: 0.8)
        #expect(try JSONText.decode(CalibratedThreshold.self, from: JSONText.encode(taken)) == taken)
    }
}
