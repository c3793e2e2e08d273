import Testing

@testable import ModelLifecycle

@Suite("Messages of the fork server") struct ForkServerMessageTests {
    @Test(
        "messages are read",
        arguments: [
            (#"{"ready": {"version": "0.32.0", "seconds": 5.7}}"#, ForkServerMessage.ready(seconds: 5.7)),
            (#"{"refused": "two threads"}"#, .refused("two threads")),
            (#"{"forked": {"id": "a1", "pid": 77}}"#, .forked(id: "a1", pid: 77)),
            (#"{"failed": {"id": "a1", "reason": "fork: no memory"}}"#, .failed(id: "a1", reason: "fork: no memory")),
            (#"{"ended": {"pid": 77, "code": 1}}"#, .ended(pid: 77, .exited(code: 1))),
            (#"{"ended": {"pid": 77, "signal": 9}}"#, .ended(pid: 77, .signalled(9))),
            (#"{"ended": {"pid": 77}}"#, .ended(pid: 77, .unknown)),
        ])
    func reads(_ line: String, _ message: ForkServerMessage) {
        #expect(ForkServerMessage(line) == message)
    }

    /// A pid that a signal would send to a group, or to everyone, is none.
    @Test(
        "other lines are no messages",
        arguments: [
            "", "ready", "{}", #"{"forked": {"id": "a", "pid": 0}}"#, #"{"forked": {"id": "a", "pid": -1}}"#,
            #"{"forked": {"id": "a", "pid": 1}}"#, #"{"forked": {"pid": 77}}"#, #"{"ready": {"seconds": NaN}}"#,
            #"{"ended": {"code": 1}}"#, #"{"forked": {"id": "a", "pid": 99999999999}}"#,
        ])
    func notAMessage(_ line: String) {
        #expect(ForkServerMessage(line) == nil)
    }

    @Test("a request is one line")
    func request() throws {
        let request = ForkRequest(
            fork: .init(
                id: "a1", arguments: ["serve", "/m"], environment: ["KEY": "line\nbreak"], path: ["/p"], log: "/l"))
        #expect(
            try request.line()
                == #"{"fork":{"arguments":["serve","/m"],"environment":{"KEY":"line\nbreak"},"id":"a1","log":"/l","path":["/p"]}}"#
        )
    }
}
