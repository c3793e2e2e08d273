import ModelLifecycle

@testable import Decoding
@testable import JobSpecs
@testable import RSDJobs
@testable import RunStore
@testable import Runner

/// Carries out what a scheduler wants, one thing at a time and as a test says, and checks what must always hold.
struct SchedulerBench {
    private(set) var scheduler: Scheduler
    /// What is to be done for the scheduler, and was not yet.
    private(set) var running: [RequestFingerprint: (request: InferenceRequest, engine: EngineID)] = [:]
    private(set) var unrecorded: [JournalEntry] = []
    private(set) var isActivating = false
    private(set) var restarting: EngineID?
    private(set) var isDraining = false
    /// What was done.
    private(set) var journal: [JournalRecord] = []
    private(set) var sent: [RequestFingerprint: Int] = [:]
    private(set) var activated: [[EngineID]] = []
    /// Of these, those that brought up together what takes turns otherwise.
    private(set) var united: [[EngineID]] = []
    private(set) var notified: [RunEvent] = []
    private(set) var cancelled: Set<RequestFingerprint> = []
    /// Requests whose models are to be stopped.
    private(set) var ended: Set<RequestFingerprint> = []
    /// Those that ever were.
    private(set) var endedEarly: Set<RequestFingerprint> = []
    /// Number of steps shown of the solutions that are followed.
    private(set) var shown: [RequestFingerprint: Int] = [:]
    private(set) var phases = 0
    private(set) var ending: SchedulerAction?
    /// What must not happen and did.
    private(set) var faults: [String] = []
    private var answered: Set<RequestFingerprint> = []
    private var isInPhase = false

    init(_ scheduler: Scheduler) {
        self.scheduler = scheduler
    }

    mutating func start() { carryOut(scheduler.start()) }

    mutating func handle(_ event: SchedulerEvent) {
        switch event {
        case .answered(let request, _, _), .failed(let request, _):
            running[request] = nil
            shown[request] = nil
            cancelled.remove(request)
            ended.remove(request)
        case .activated, .unavailable: (isActivating, restarting) = (false, nil)
        case .restarted: restarting = nil
        case .drained: isDraining = false
        case .progressed(let request, let written): shown[request] = written.steps.count
        case .measured, .arrivalsTimed, .recorded, .trouble, .stopRequested: break
        }
        carryOut(scheduler.handle(event))
    }

    /// The next entry reaches the disk.
    mutating func recordNext() {
        let entry = unrecorded.removeFirst()
        journal.append(.event(entry.trajectory.id, entry.event, entry.origin))
        if let request = entry.origin.request, !entry.event.isBeginning { answered.insert(request) }
        handle(.recorded(entry.number))
    }

    private mutating func check(_ condition: Bool, _ fault: @autoclosure () -> String) {
        if !condition { faults.append(fault()) }
    }

    private mutating func carryOut(_ actions: [SchedulerAction]) {
        for action in actions {
            check(ending == nil, "after the end: \(action)")
            switch action {
            case .activate(let group), .unite(let group):
                if case .unite = action { united.append(group) }
                check(running.isEmpty && unrecorded.isEmpty && !isInPhase, "engines are swapped while others work")
                isActivating = true
                activated.append(group)
            case .beginPhase: (isInPhase, phases) = (true, phases + 1)
            case .endPhase:
                check(running.isEmpty && unrecorded.isEmpty && isInPhase, "a phase ends with something in flight")
                isInPhase = false
            case .send(let request, let engine): send(request, to: engine)
            case .end(let request):
                check(running[request] != nil, "stopped and not running: \(request)")
                ended.insert(request)
                endedEarly.insert(request)
            case .cancel(let requests): cancelled.formUnion(requests)
            case .record(let entry): unrecorded.append(entry)
            case .restart(let engine):
                check(running.isEmpty, "an engine is restarted with requests running")
                restarting = engine
            case .drain: isDraining = true
            case .notify(let event): notified.append(event)
            case .finish, .stop, .giveUp:
                check(running.isEmpty && unrecorded.isEmpty && !isInPhase, "the end comes with something in flight")
                ending = action
            case .prepare: break
            }
        }
        for (engine, queue) in scheduler.queues {
            let isAlone = queue.running.count == 1
            check(queue.load <= queue.limit || isAlone, "\(engine) has \(queue.load) of \(queue.limit) slots taken")
            check(queue.limit <= scheduler.limits[engine] ?? .max, "\(engine) may run \(queue.limit)")
        }
    }

    private mutating func send(_ request: InferenceRequest, to engine: EngineID) {
        let fingerprint = request.fingerprint
        check(running[fingerprint] == nil, "asked twice at once: \(request.need)")
        check(activated.last?.contains(engine) == true && isInPhase, "\(engine) is asked and is not up")
        check(scheduler.engines[request.need.role] == engine, "\(engine) is asked for another")
        check(!answered.contains(fingerprint), "asked again: \(request.need)")
        check(!scheduler.isToStop, "asked after the wish to stop")
        running[fingerprint] = (request, engine)
        sent[fingerprint, default: 0] += 1
    }
}

extension Event {
    var isBeginning: Bool { if case .generated(let answer) = self { answer.beyond != nil } else { false } }
}
