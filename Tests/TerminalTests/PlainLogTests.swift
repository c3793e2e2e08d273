import Foundation
import Testing

@testable import RunStore
@testable import Runner
@testable import Terminal

@Suite("The plain log") struct PlainLogTests {
    @Test("every line has its time, and progress is reported now and then")
    func lines() throws {
        var log = PlainLog(job: "gsm8k-smol", begin: 0)
        func take(_ event: RunEvent, _ seconds: Double) {
            log.take(event, at: seconds, date: Date(timeIntervalSince1970: 1_800_000_000 + seconds))
        }
        take(.began(total: 4, finished: 0, replayed: 0), 0)
        take(.choseResidency("share: all fit"), 0)
        take(.loading(engine: "draft"), 1)
        take(.loaded(EngineLoad("draft", seconds: 3)), 4)
        take(.phaseBegan(wave: 1, roles: [.draft], trajectories: 5), 4)
        for (index, seconds) in [6.0, 13.9, 14.0, 16.0].enumerated() {
            var trajectory = Fixture.rsd("p\(index)")
            let event = Fixture.drafted(["a\n\n", "b"])
            try trajectory.apply(event)
            take(.advanced(trajectory, event), seconds)
        }
        take(.phaseEnded(wave: 1, roles: [.draft], seconds: 12), 16)
        take(.loaded(EngineLoad("target", seconds: 0.84, kind: .warm)), 16)
        take(.woken(engine: "draft", seconds: 0.5), 17)
        take(.trouble(.died("prm", how: "exit 1\nlog: x")), 17)
        log.say("stopping", date: Date(timeIntervalSince1970: 1_800_000_018))
        #expect(
            log.takeLines().joined(separator: "\n") == """
                2027-01-15T08:00:00Z 4 trajectories to do
                2027-01-15T08:00:00Z residency share: all fit
                2027-01-15T08:00:01Z starting draft
                2027-01-15T08:00:04Z draft is up after 3.0 s
                2027-01-15T08:00:04Z wave 1 draft begins: 5 trajectories
                2027-01-15T08:00:14Z wave 1 draft: 3/5 (60%), 6 tok/s, 0/4 finished, about 0:07 left in this phase
                2027-01-15T08:00:16Z wave 1 draft ended: 4/5 in 12.0 s, 80 tokens
                2027-01-15T08:00:16Z target is up after 0.8 s (warm)
                2027-01-15T08:00:17Z draft is up after 0.5 s
                2027-01-15T08:00:17Z the prm engine died (exit 1
                2027-01-15T08:00:17Z log: x); restarting it
                2027-01-15T08:00:18Z stopping
                """)
        #expect(log.takeLines().isEmpty)
    }
}
