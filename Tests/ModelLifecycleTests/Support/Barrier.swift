/// Lets everybody through once `count` have come.
actor Barrier {
    private let count: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var open = false

    init(_ count: Int) { self.count = count }

    func arrive() async {
        if open { return }
        if waiting.count + 1 == count {
            open = true
            for waiter in waiting { waiter.resume() }
            waiting = []
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }
}
