@testable import RunStore
import Testing

@Suite("Observing a lock") struct LockObservationTests {
    private func entry(_ number: Int = 1, touched: Int, heartbeatInterval: Double = 10) -> LockFiles.Entry {
        var holder = LockHolder(host: "node1", pid: 7)
        holder.heartbeatInterval = heartbeatInterval
        return LockFiles.Entry(number: number, content: .held(holder), touched: touched)
    }

    @Test("a sign of life between two looks keeps a holder alive")
    func alive() {
        var observation = LockObservation()
        #expect(observation.look(entry(touched: 5), at: .seconds(100)) == .unknown)
        #expect(observation.look(entry(touched: 5), at: .seconds(159)) == .unknown)
        #expect(observation.look(entry(touched: 6), at: .seconds(159)) == .alive)
    }

    @Test("a holder without a sign of life for six beats of the observer's clock is gone, however old the file")
    func gone() {
        var observation = LockObservation()
        #expect(observation.look(entry(touched: -1_000_000), at: .seconds(100)) == .unknown)
        #expect(observation.look(entry(touched: -1_000_000), at: .seconds(160)) == .gone)
        var hasty = LockObservation()
        #expect(hasty.look(entry(touched: 0, heartbeatInterval: 1), at: .zero) == .unknown)
        #expect(hasty.look(entry(touched: 0, heartbeatInterval: 1), at: .seconds(6)) == .gone)
    }

    @Test("another holder meanwhile begins the time anew")
    func another() {
        var observation = LockObservation()
        #expect(observation.look(entry(touched: 5), at: .zero) == .unknown)
        #expect(observation.look(entry(2, touched: 6), at: .seconds(59)) == .unknown)
        #expect(observation.look(entry(2, touched: 6), at: .seconds(61)) == .unknown)
        #expect(observation.look(entry(2, touched: 6), at: .seconds(119)) == .gone)
    }

    @Test("a file without content is not judged, as a claim has none for a moment")
    func unreadable() {
        var observation = LockObservation()
        let torn = LockFiles.Entry(number: 1, content: .unreadable, touched: 5)
        #expect(observation.look(torn, at: .zero) == .unknown)
        #expect(observation.look(torn, at: .seconds(59)) == .unknown)
        #expect(observation.look(entry(touched: 6), at: .seconds(60)) == .unknown)
    }
}
