import JobSpecs
import Support

extension CalibratedThreshold {
    /// `threshold 0.7132 of rsd from runs/sweep, for an accuracy of 90.0%`
    package var words: String {
        let goal =
            switch request.goal {
            case .accuracy(let share): "an accuracy of \(NumberFormat.percent(share))"
            case .cost(let ratio): "a cost of \(NumberFormat.relative(ratio))"
            }
        return "threshold \(NumberFormat.threshold(threshold)) of \(request.kind) from \(request.run), for \(goal)"
    }
}
