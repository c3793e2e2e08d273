/// What requests of one role take, from those so far: a part for each request and a part for each unit of load (see `Event.load`), fitted to
/// the seconds that they took by least squares. Requests overlap: the parts divide the engine's time and do not add up to it.
struct RequestCost: Sendable {
    private var count = 0.0
    private var (loads, seconds) = (0.0, 0.0)
    private var (squares, products) = (0.0, 0.0)

    mutating func add(load: Double, seconds: Double) {
        count += 1
        loads += load
        self.seconds += seconds
        squares += load * load
        products += load * seconds
    }

    /// Seconds of a request, and of a unit of load. Neither is negative.
    private var parts: (request: Double, load: Double) {
        guard count > 0 else { return (0, 0) }
        let variance = squares - loads * loads / count
        let slope = variance > 1e-9 * squares ? (products - loads * seconds / count) / variance : 0
        if slope <= 0 { return (seconds / count, 0) }
        let rest = (seconds - slope * loads) / count
        return rest < 0 && loads > 0 ? (0, seconds / loads) : (rest, slope)
    }

    /// The share of so many further requests in what all took so far.
    func share(ofRequests requests: Double, load: Double) -> Double {
        let parts = parts
        return seconds > 0 ? (requests * parts.request + load * parts.load) / seconds : 0
    }
}
