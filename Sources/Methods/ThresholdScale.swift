/// What a method compares with its threshold. Thresholds on different scales cannot be compared.
package enum ThresholdScale: String, Sendable, Encodable {
    /// The PRM's, from 0 to 1.
    case reward
    /// A reward and a likelihood ratio: any number.
    case tilted = "tilted reward"
    /// The draft's, from 0 to 1.
    case confidence
    /// The target's, from 0 to 9.
    case score
}
