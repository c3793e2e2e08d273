import Foundation
import Support
import Testing

@Suite("Values that are made ahead") struct AheadTests {
    private struct Refused: Error {}

    @Test("the value is made while its owner goes on")
    func meanwhile() throws {
        let gate = DispatchSemaphore(value: 0)
        let value = Ahead {
            gate.wait()
            return 7
        }
        gate.signal()
        #expect(try value.take() == 7)
    }

    @Test("an error reaches the one who asks for the value")
    func errors() {
        let value = Ahead { () throws -> Int in throw Refused() }
        #expect(throws: Refused.self) { try value.take() }
    }
}
