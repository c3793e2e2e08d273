/// A few characters to look for at every place of a text: those of ASCII without a hash table.
struct ScalarSigns {
    private var ascii: (UInt64, UInt64) = (0, 0)
    private var others: Set<Unicode.Scalar> = []

    init(_ scalars: some Sequence<Unicode.Scalar>) {
        for scalar in scalars {
            switch scalar.value {
            case ..<64: ascii.0 |= 1 << UInt64(scalar.value)
            case ..<128: ascii.1 |= 1 << UInt64(scalar.value - 64)
            default: others.insert(scalar)
            }
        }
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case ..<64: ascii.0 >> UInt64(scalar.value) & 1 == 1
        case ..<128: ascii.1 >> UInt64(scalar.value - 64) & 1 == 1
        default: others.contains(scalar)
        }
    }
}
