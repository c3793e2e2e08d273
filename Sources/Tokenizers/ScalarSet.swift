/// A set of Unicode scalars, as a character class of a regular expression describes it: by general category, by being white space, and
/// by value.
struct ScalarSet: Sendable {
    /// What a scalar is, as far as classes ask: its general category, and whether it is white space. Less than 64.
    typealias Kind = UInt8

    /// A bit for each kind.
    private var kinds: UInt64 = 0
    private var ranges: [ClosedRange<UInt32>] = []
    private var isNegated = false
    /// The members below 64, and from 64 to 127.
    private var ascii: (UInt64, UInt64) = (0, 0)

    private init() {}

    init(_ scalar: Unicode.Scalar) { self.init(scalar.value...scalar.value) }

    init(_ range: ClosedRange<UInt32>) {
        ranges = [range]
        tabulate()
    }

    static let whiteSpace = ScalarSet(kinds: 0xFFFF_FFFF_0000_0000)

    /// - Parameter category: the name of a general category, `Lu`, or of a group of them, `L`; nil is returned for any other.
    init?(category: String) {
        let members = Self.categories.indices.filter { Self.categories[$0].name.hasPrefix(category) }
        guard !category.isEmpty, !members.isEmpty else { return nil }
        self.init(kinds: members.reduce(0) { $0 | 1 << UInt64($1) | 1 << UInt64($1 + 32) })
    }

    private init(kinds: UInt64) {
        self.kinds = kinds
        tabulate()
    }

    /// All scalars that are in none of the sets, or, unless negated, in any of them. A negated part must not have single values.
    init?(anyOf sets: [ScalarSet], isNegated: Bool) {
        for set in sets {
            guard !set.isNegated || set.ranges.isEmpty else { return nil }
            kinds |= set.isNegated ? ~set.kinds : set.kinds
            ranges += set.ranges
        }
        self.isNegated = isNegated
        tabulate()
    }

    var negated: ScalarSet {
        var set = self
        set.isNegated.toggle()
        set.tabulate()
        return set
    }

    func contains(_ scalar: UInt32, kind: Kind) -> Bool {
        if scalar < 64 { return ascii.0 >> UInt64(scalar) & 1 == 1 }
        if scalar < 128 { return ascii.1 >> UInt64(scalar - 64) & 1 == 1 }
        return finds(scalar, kind: kind)
    }

    private func finds(_ scalar: UInt32, kind: Kind) -> Bool {
        (kinds >> UInt64(kind) & 1 == 1 || ranges.contains { $0.contains(scalar) }) != isNegated
    }

    private mutating func tabulate() {
        ascii = (0, 0)
        for value in UInt32(0)..<64 {
            if finds(value, kind: Self.asciiKinds[Int(value)]) { ascii.0 |= 1 << UInt64(value) }
            if finds(value + 64, kind: Self.asciiKinds[Int(value) + 64]) { ascii.1 |= 1 << UInt64(value) }
        }
    }

    // MARK: Kinds

    static func kind(of scalar: Unicode.Scalar) -> Kind {
        scalar.value < 128 ? asciiKinds[Int(scalar.value)] : look(at: scalar)
    }

    private static let asciiKinds: [Kind] = (UInt8(0)..<128).map { look(at: Unicode.Scalar($0)) }

    private static func look(at scalar: Unicode.Scalar) -> Kind {
        let category = scalar.properties.generalCategory
        let place = categories.firstIndex { $0.category == category } ?? 0
        return Kind(place + (scalar.properties.isWhitespace ? 32 : 0))
    }

    private static let categories: [(name: String, category: Unicode.GeneralCategory)] = [
        ("Ll", .lowercaseLetter), ("Lo", .otherLetter), ("Lu", .uppercaseLetter), ("Lm", .modifierLetter),
        ("Lt", .titlecaseLetter), ("Nd", .decimalNumber), ("Nl", .letterNumber), ("No", .otherNumber),
        ("Po", .otherPunctuation), ("Pd", .dashPunctuation), ("Ps", .openPunctuation), ("Pe", .closePunctuation),
        ("Pi", .initialPunctuation), ("Pf", .finalPunctuation), ("Pc", .connectorPunctuation), ("Sm", .mathSymbol),
        ("So", .otherSymbol), ("Sc", .currencySymbol), ("Sk", .modifierSymbol), ("Mn", .nonspacingMark),
        ("Mc", .spacingMark), ("Me", .enclosingMark), ("Zs", .spaceSeparator), ("Zl", .lineSeparator),
        ("Zp", .paragraphSeparator), ("Cc", .control), ("Cf", .format), ("Cs", .surrogate), ("Co", .privateUse),
        ("Cn", .unassigned),
    ]
}
