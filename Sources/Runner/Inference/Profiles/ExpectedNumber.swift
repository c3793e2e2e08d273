import Foundation

extension [String: Double] {
    /// The mean of the numbers among likely tokens, weighted by their probabilities; nil if none is a number.
    ///
    /// - Parameter number: of a token; nil for any other.
    func expected(_ number: (String) -> Double?) -> Double? {
        var (total, sum) = (0.0, 0.0)
        // In a fixed order: the last bit of a sum depends on it.
        for (token, logprob) in sorted(by: { $0.key < $1.key }) {
            guard let value = number(token) else { continue }
            total += exp(logprob)
            sum += exp(logprob) * value
        }
        return total > 0 ? sum / total : nil
    }
}
