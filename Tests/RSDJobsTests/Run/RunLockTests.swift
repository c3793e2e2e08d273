import Foundation
import Testing

@testable import RSDJobs

@Suite struct RunLockTests {
    @Test func theSecondIsRefusedAndToldWho() throws {
        let scratch = try Scratch()
        let first = try RunLock(scratch.file("lock"))
        let refusal = #expect(throws: RunLocked.self) { try RunLock(scratch.file("lock")) }
        #expect(refusal?.holder?.pid == getpid())
        #expect(refusal?.description.contains("process \(getpid()) on ") == true)
        #expect(RunLock.holder(of: scratch.file("lock"))?.pid == getpid())
        withExtendedLifetime(first) {}
    }

    @Test func itIsFreeAgainAfterItsHolder() throws {
        let scratch = try Scratch()
        for _ in 0..<3 { _ = try RunLock(scratch.file("lock")) }
        #expect(RunLock.holder(of: scratch.file("lock")) == nil)
    }

    @Test func aNamedHolderThatIsGoneDoesNotHoldIt() throws {
        let scratch = try Scratch()
        try Data(#"{"host":"elsewhere","pid":1}"#.utf8).write(to: scratch.file("lock"))
        #expect(RunLock.holder(of: scratch.file("lock")) == nil)
        _ = try RunLock(scratch.file("lock"))
    }

    @Test func whoLooksWhetherItIsHeldDoesNotHoldIt() async throws {
        let scratch = try Scratch()
        let file = scratch.file("lock")
        _ = try RunLock(file)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for _ in 0..<20_000 { _ = RunLock.holder(of: file) }
            }
            group.addTask {
                for _ in 0..<2_000 { _ = try RunLock(file) }
            }
            try await group.waitForAll()
        }
    }
}
