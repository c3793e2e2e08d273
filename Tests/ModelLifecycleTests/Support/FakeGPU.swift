import Synchronization

@testable import ModelLifecycle

/// A GPU whose memory a test sets.
final class FakeGPU: GPUMemory {
    private struct State {
        /// GiB in use at each look; the last one stays.
        var levels: [Double]
        var looks = 0
        var holders: [GPUHolder] = []
        var joules: Double?
        var failure: GPUUnmeasurable?
    }

    private let state: Mutex<State>
    private let onLook: @Sendable () -> Void

    init(using gibibytes: Double..., onLook: @escaping @Sendable () -> Void = {}) {
        state = Mutex(State(levels: gibibytes))
        self.onLook = onLook
    }

    var looks: Int { state.withLock { $0.looks } }

    func use(_ gibibytes: Double..., holders: [GPUHolder] = []) {
        state.withLock { state in
            state.levels = gibibytes
            state.holders = holders
        }
    }

    func count(joules: Double?) { state.withLock { $0.joules = joules } }

    func fail(_ failure: GPUUnmeasurable?) { state.withLock { $0.failure = failure } }

    func devices() async throws(GPUUnmeasurable) -> [GPUDevice] {
        onLook()
        let (level, holders, joules, failure) = state.withLock { state in
            state.looks += 1
            let level = state.levels.count > 1 ? state.levels.removeFirst() : state.levels[0]
            return (level, state.holders, state.joules, state.failure)
        }
        if let failure { throw failure }
        return [
            GPUDevice(
                index: 0, name: "Fake", uuid: "GPU-f", total: .gibibytes(80), free: .gibibytes(80 - level),
                holders: holders, joules: joules)
        ]
    }

    /// The GPU as it is when a run begins.
    static func baseline(using gibibytes: Double) -> [GPUDevice] {
        [
            GPUDevice(
                index: 0, name: "Fake", uuid: "GPU-f", total: .gibibytes(80), free: .gibibytes(80 - gibibytes))
        ]
    }
}
