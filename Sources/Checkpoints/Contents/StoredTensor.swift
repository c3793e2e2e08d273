/// A checkpoint's description of one tensor.
struct StoredTensor: Sendable, Equatable {
    /// By its safetensors name: `BF16`, `I32`.
    var type: String
    var shape: [Int]
    /// Bytes in the file.
    var bytes: Int

    /// Number of stored elements; packed weights count as one.
    var count: Int { shape.product() }

    /// Bits per element; nil for an unknown type.
    static func bits(of type: String) -> Int? {
        switch type {
        case "F64", "I64", "U64", "C64": 64
        case "F32", "I32", "U32": 32
        case "F16", "BF16", "I16", "U16": 16
        case "F4": 4
        case "F6_E2M3", "F6_E3M2": 6
        case "I8", "U8", "BOOL": 8
        case let type where type.hasPrefix("F8_"): 8
        default: nil
        }
    }

    var bits: Int? { Self.bits(of: type) }
    /// Whether its elements are fractional; exponents that scale others (`F8_E8M0`) are not.
    var isFraction: Bool { (type.hasPrefix("F") || type.hasPrefix("BF")) && type != "F8_E8M0" }
}
