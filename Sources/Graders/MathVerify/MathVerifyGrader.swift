import Answers
import Foundation
import Synchronization

/// Hugging Face's math-verify, in Python processes.
///
/// If a response marks its answer, that answer is graded (the last box first). Otherwise math-verify searches the response,
/// without its reasoning, in its own way. So no response gets two tries. For a response cut by a limit, only a marked
/// answer counts, not the last number it calculated. Letters of multiple-choice questions are graded as by
/// ``ExactGrader``: there is nothing to calculate.
///
/// Sympy can hang where no signal inside Python ends it, or take all memory. A worker that does not answer within the
/// limit is killed, and one that dies loses only its current answer.
struct MathVerifyGrader: Grader {
    /// The command to start: a Python and the script.
    struct Worker: Sendable {
        var executable: String
        var arguments: [String]
    }

    let worker: @Sendable () async throws -> Worker
    /// Time for one answer.
    let limit: Duration
    /// Time for Python to load its packages.
    var startLimit = Duration.seconds(120)
    var mostWorkers = min(16, ProcessInfo.processInfo.activeProcessorCount)
    let processes: @Sendable () throws -> GraderProcesses

    /// - Parameters:
    ///   - python: a Python or its virtual environment; nil for vLLM's.
    ///   - venv: the job's vLLM environment, if it names one.
    init(
        python: String?, venv: String?, limit: Duration, processes: @escaping @Sendable () throws -> GraderProcesses
    ) {
        self.limit = limit
        self.processes = processes
        worker = {
            Worker(
                executable: try await MathVerifyPython.find(python, venv: venv),
                arguments: ["-c", MathVerifyScript.text])
        }
    }

    init(worker: Worker, limit: Duration, mostWorkers: Int, processes: @escaping @Sendable () throws -> GraderProcesses)
    {
        self.worker = { worker }
        self.limit = limit
        self.mostWorkers = mostWorkers
        self.processes = processes
    }

    var startsProcesses: Bool { true }

    func prepare() async throws -> String {
        let worker = try await worker()
        return try await MathVerifyPython.version(of: worker.executable)
    }

    func grade(_ pairs: [GradingPair]) async throws -> [Grade] {
        let areExact = pairs.map {
            ChoiceLetter(gold: $0.gold, choices: $0.choices) != nil
                || $0.answer == nil && ($0.isCut || AnswerExtraction.finalText(of: $0.text).allSatisfy(\.isWhitespace))
        }
        var judged = try await judge(zip(pairs, areExact).filter { !$1 }.map(\.0))[...]
        return zip(pairs, areExact).map { pair, isExact in
            isExact ? ExactGrader().grade([pair])[0] : judged.removeFirst()
        }
    }

    private func judge(_ pairs: [GradingPair]) async throws -> [Grade] {
        guard !pairs.isEmpty else { return [] }
        let (worker, processes) = (try await worker(), try processes())
        let queue = PairQueue(pairs)
        let seat = MathVerifySeat(worker: worker, limit: limit, startLimit: startLimit, processes: processes)
        return try await withThrowingTaskGroup(of: [(Int, Grade)].self) { group in
            for _ in 0..<min(mostWorkers, pairs.count) {
                group.addTask { try await seat.work(queue) }
            }
            var grades = [Grade?](repeating: nil, count: pairs.count)
            for try await done in group {
                for (index, grade) in done { grades[index] = grade }
            }
            return grades.map { $0 ?? Grade(.error, reason: "it was never judged") }
        }
    }
}

/// The pairs still to be graded.
private final class PairQueue: Sendable {
    private let pairs: [GradingPair]
    private let place = Mutex(0)

    init(_ pairs: [GradingPair]) {
        self.pairs = pairs
    }

    func next() -> (Int, GradingPair)? {
        place.withLock { place in
            guard place < pairs.count else { return nil }
            defer { place += 1 }
            return (place, pairs[place])
        }
    }
}

/// Runs one worker after another, each until it hangs or dies.
private struct MathVerifySeat {
    let worker: MathVerifyGrader.Worker
    let limit: Duration
    let startLimit: Duration
    let processes: GraderProcesses

    func work(_ queue: PairQueue) async throws -> [(Int, Grade)] {
        var done: [(Int, Grade)] = []
        var live: MathVerifyWorker?
        do {
            while let (index, pair) = queue.next() {
                try Task.checkCancellation()
                let current: MathVerifyWorker
                if let live {
                    current = live
                } else {
                    current = try await MathVerifyWorker.start(worker, limit: startLimit, processes: processes)
                    live = current
                }
                let (grade, isAlive) = try await current.judge(pair, limit: limit)
                done.append((index, grade))
                if !isAlive {
                    live = nil
                    try await current.end()
                }
            }
        } catch {
            try await live?.end()
            throw error
        }
        try await live?.end()
        return done
    }
}
