import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Decoding
@testable import Reporting
@testable import RSDJobs
@testable import RunStore
@testable import Runner

@Suite("A run that grows, whatever is added in whatever order")
struct GrowthPropertyTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch(inMemory: true) }

    private func directory(_ name: String) -> RunDirectory { RunDirectory(scratch.file(name)) }

    private static let more = [
        "{ rsd: { threshold: 0.8, name: rsd-0.8 } }", "draft_only", "{ majority: { n: 3 } }",
        "{ best_of_n: { n: 3 } }", "{ beam_search: { n: 4, beams: 2 } }", "{ process_best_of_n: { n: 2 } }",
        "{ dvts: { n: 4, width: 2, score: min } }", "{ best_of_n: { n: 3, choose: weighted, name: weighted } }",
        "{ rsd: { weighting: constant, p: 0.5, name: random } }",
        "{ rsd: { weighting: sigmoidal, name: soft } }",
        "{ specreason: { threshold: 4, first_steps: 1, score: average } }",
        "{ specreason: { threshold: 6, step_tokens: 3, name: short } }",
    ]

    /// Adds something, or takes away what can be added again.
    private func change(_ job: inout GrowingJob, _ dice: inout SeededRandom) {
        switch Int.random(in: 0..<9, using: &dice) {
        case 0, 1:
            if let method = Self.more.filter({ !job.methods.contains($0) }).randomElement(using: &dice) {
                job.methods.insert(method, at: Int.random(in: 0...job.methods.count, using: &dice))
            }
        case 2: if job.methods.count > 1 { job.methods.remove(at: Int.random(in: 0..<job.methods.count, using: &dice)) }
        case 3: job.datasets["first", default: 0] += Int.random(in: 1...2, using: &dice)
        case 4: job.datasets["second"] = job.datasets["second"] == nil ? 2 : nil
        case 5: job.seeds.append((job.seeds.max() ?? 0) + 1)
        case 6: if job.seeds.count > 1 { job.seeds.removeLast() }
        case 7: job.maxTokens += Int.random(in: 1...9, using: &dice)
        case _: job.maxSteps += 1
        }
    }

    /// What a request costs, given what is known: only responses that are not cut serve a higher limit, and a reward serves every
    /// request for it that ends with its step or a later one whose reward is known, too.
    private struct Ledger {
        var paid: [RequestFingerprint] = []
        /// By the run that they are from.
        private var readings: [Int?: Set<ReadingKey>] = [:]
        private var known: [String: [(request: RequestFingerprint, tokens: Int, isCut: Bool)]] = [:]

        mutating func read(_ directory: RunDirectory, from source: Int? = nil) throws {
            for case .event(_, let event, let origin) in try JournalReader.read(directory.journal).records {
                readings[source ?? origin.source, default: []].formUnion(origin.readings)
                guard let request = origin.request else { continue }
                let tokens = if case .generated(let answer) = event { answer.tokens } else { 0 }
                known[request.digest, default: []].append((request, tokens, event.isCut))
            }
        }

        func knows(_ sent: InferenceRequest) -> Bool {
            let request = sent.fingerprint
            return known[request.digest, default: []].contains {
                $0.request == request || !$0.isCut && $0.tokens < request.maxTokens ?? .max
            } || !sent.readings.isEmpty && readings.values.contains { $0.isSuperset(of: sent.readings) }
        }
    }

    @Test(
        "ends with the results of a fresh run, byte for byte, and pays only what no journal has", arguments: 0..<12)
    func equalsFreshRun(seed: UInt64) async throws {
        var dice = SeededRandom(seed: seed)
        var job = GrowingJob(in: scratch.url)
        if seed % 3 == 0 { job.temperature = 0.8 }
        let grown = directory("grown")
        let other = directory("other")
        for step in 0..<6 {
            if step > 0 { for _ in 0..<Int.random(in: 1...2, using: &dice) { change(&job, &dice) } }
            let isReusing = step == 4 && seed % 2 == 0
            if isReusing {
                var elsewhere = job
                elsewhere.methods = ["target_only", Self.more[1]]
                elsewhere.datasets["first", default: 0] += 1
                try await elsewhere.run(in: other)
            }
            var isDone = false
            while !isDone {
                let stop = Int.random(in: 0..<3, using: &dice) == 0 ? Int.random(in: 1..<12, using: &dice) : nil
                var ledger = Ledger()
                try ledger.read(grown)
                if isReusing { try ledger.read(other, from: 1) }
                let sent = Mutex<[InferenceRequest]>([])
                let asked = try await job.run(
                    in: grown, reusing: isReusing ? [other] : [], stoppingAfter: stop,
                    asking: { request in sent.withLock { $0.append(request) } })
                #expect(asked.values.allSatisfy { $0 == 1 })
                for request in sent.withLock({ $0 }) { #expect(!ledger.knows(request), "paid again: \(request)") }
                isDone = stop == nil
                if Int.random(in: 0..<4, using: &dice) == 0 {
                    try cutJournal(of: grown, &dice)
                    isDone = false
                }
            }
            let fresh = directory("fresh-\(step)")
            try await job.run(in: fresh)
            #expect(
                try Data(contentsOf: grown.results) == Data(contentsOf: fresh.results), "after step \(step) of \(job)")
            #expect(throws: Never.self) { try StoredRun(grown) }
        }
    }

    /// As a crash of the machine may leave it: some records that were written last are missing.
    private func cutJournal(of directory: RunDirectory, _ dice: inout SeededRandom) throws {
        let lines = try Data(contentsOf: directory.journal).split(separator: UInt8(ascii: "\n"))
        let count = Int.random(in: 1..<max(2, lines.count), using: &dice)
        // What was on disk before the manifest was written stays.
        let last = lines.lastIndex { String(decoding: $0, as: UTF8.self).contains(#""kind":"grown""#) } ?? 0
        let kept = lines[...max(last, count - 1)].reduce(into: Data()) { $0 += $1 + [UInt8(ascii: "\n")] }
        try kept.write(to: directory.journal)
    }

    @Test("pays what the jobs of its life pay together, each once", arguments: 0..<6)
    func paysOnce(seed: UInt64) async throws {
        var dice = SeededRandom(seed: seed ^ 0x6077)
        var job = GrowingJob(in: scratch.url)
        let (paid, needed) = (Sent(), Sent())
        for step in 0..<4 {
            if step > 0 { change(&job, &dice) }
            job.maxTokens = 14
            job.maxSteps = 4
            try await job.run(in: directory("grown"), asking: paid.add)
            try await job.run(in: directory("fresh-\(step)"), asking: needed.add)
        }
        let (all, paidOnce) = (needed.requests, paid.requests)
        #expect(
            Set(paidOnce.filter(\.readings.isEmpty).map(\.fingerprint)).count
                == paidOnce.count(where: \.readings.isEmpty))
        // A response that is shorter than the limits of two requests serves both, so that one of them may be left out.
        #expect(
            Set(paidOnce.filter(\.readings.isEmpty).map(\.fingerprint.digest))
                == Set(all.filter(\.readings.isEmpty).map(\.fingerprint.digest)))
        #expect(Set(paidOnce.flatMap(\.readings)) == Set(all.flatMap(\.readings)))
        // Each brings a reward that was not known before.
        var known: Set<ReadingKey> = []
        for request in paidOnce where !request.readings.isEmpty {
            #expect(!known.isSuperset(of: request.readings))
            known.formUnion(request.readings)
        }
    }

    /// Requests in the order in which they were sent.
    private final class Sent: Sendable {
        private let list = Mutex<[InferenceRequest]>([])
        var requests: [InferenceRequest] { list.withLock { $0 } }
        var add: @Sendable (InferenceRequest) -> Void { { request in self.list.withLock { $0.append(request) } } }
    }
}
