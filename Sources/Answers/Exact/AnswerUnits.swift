/// Units of numbers: they are removed, and units that contradict each other make answers differ.
enum AnswerUnits {
    /// One unit per line: its name, then words with the same meaning.
    private static let kinds = """
        mm millimeter millimeters millimetre millimetres 毫米
        cm centimeter centimeters centimetre centimetres 厘米
        dm decimeter decimeters decimetre decimetres 分米
        m meter meters metre metres 米 平方米 立方米
        km kilometer kilometers kilometre kilometres 千米 公里
        nm nanometer nanometers
        µm micrometer micrometers micron microns
        angstrom angstroms
        ft foot feet
        in inch inches
        yd yard yards
        mi mile miles mph
        pc parsec parsecs
        kpc
        Mpc
        AU
        ly
        µg microgram micrograms
        mg milligram milligrams 毫克
        g gram grams 克
        kg kilogram kilograms 千克 公斤
        lb lbs pound pounds
        oz ounce ounces
        ton tons tonne tonnes 吨
        ml mL milliliter milliliters 毫升
        l L liter liters litre litres 升
        gallon gallons gal
        cup cups
        quart quarts
        pint pints
        ns nanosecond nanoseconds
        ms millisecond milliseconds
        s sec secs second seconds 秒
        min mins minute minutes 分钟
        h hr hrs hour hours 小时 时
        day days 天 日
        week weeks 周
        month months 个月 月
        year years yr yrs 年
        kmh kph
        cent cents ¢
        dollar dollars usd USD $ 美元
        euro euros eur EUR €
        £ gbp GBP
        ¥ yuan rmb cny CNY yen jpy JPY 元 圆
        jiao 角
        rupee rupees inr INR ₹ Rs
        acre acres
        hectare hectares 公顷
        Hz hertz
        kHz
        MHz
        GHz
        N newton newtons
        kN
        J joule joules
        kJ kilojoule kilojoules
        MJ
        erg ergs
        eV
        keV
        MeV
        GeV
        cal calorie calories
        kcal kilocalorie kilocalories
        W watt watts
        kW kilowatt kilowatts
        MW
        V volt volts
        kV
        mV
        A amp amps ampere amperes
        mA
        F farad farads fahrenheit
        C coulomb coulombs celsius centigrade 摄氏度
        K kelvin kelvins
        T tesla
        G gauss
        H henry
        Wb weber
        ohm ohms Omega
        Pa pascal pascals
        kPa
        MPa
        atm
        bar
        torr
        mol mole moles
        mmol
        M
        dyne dynes dyn
        rpm
        dB
        degree degrees deg ° 度
        rad radian radians 弧度
        """

    /// Words that occur in any unit, or count what the problem names.
    private static let fillers: Set = [
        "unit", "units", "square", "cubic", "sq", "cu", "per", "points", "point", "times", "people", "ways", "of", "个",
        "平方", "立方", "平方厘米", "立方厘米", "平方千米", "人", "只", "本", "块", "次", "棵", "支", "张", "件", "台", "辆", "页", "条", "名",
        "单位", "平方分米", "立方分米", "排", "颗", "袋", "箱", "组", "种",
    ]

    private static let kind: [String: String] = {
        var kind: [String: String] = [:]
        for line in kinds.split(separator: "\n") {
            let names = line.split(separator: " ").map(String.init)
            for name in names { kind[name] = names[0] }
        }
        return kind
    }()

    /// Words of more than one letter, in lower case.
    static let words: Set<String> = fillers.union(kind.keys.filter { $0.count > 1 && $0 == $0.lowercased() })

    static let currencies: Set<AnswerToken> = [
        .symbol("$"), .symbol("€"), .symbol("£"), .symbol("¥"), .symbol("₹"), .symbol("¢"),
    ]

    /// Marks of areas and volumes among the kinds of a unit.
    private static let powers: Set = ["^2", "^3"]

    static func power(_ word: String) -> String? {
        switch word.lowercased() {
        case "2", "square", "sq": "^2"
        case "3", "cubic", "cu": "^3"
        case let word where word.hasPrefix("平方"): "^2"
        case let word where word.hasPrefix("立方"): "^3"
        default: nil
        }
    }

    static func isUnit(_ word: String) -> Bool {
        kind[word] != nil || word.count > 1 && kind[word.lowercased()] != nil || fillers.contains(word.lowercased())
    }

    private static func kind(of word: String) -> String? { kind[word] ?? kind[word.lowercased()] }

    private static let temperatures: Set = ["F", "C", "K"]

    /// Whether two units contradict each other; both must be given.
    static func contradict(_ units: Set<String>, _ others: Set<String>) -> Bool {
        if units == ["degree"] && others.isSubset(of: temperatures)
            || others == ["degree"] && units.isSubset(of: temperatures)
        {
            return false
        }
        let (known, otherKnown) = (units.subtracting(powers), others.subtracting(powers))
        guard !known.isEmpty, !otherKnown.isEmpty else { return false }
        // Centimetres are not square centimetres.
        return known.isDisjoint(with: otherKnown) || units.intersection(powers) != others.intersection(powers)
    }

    // MARK: A number and its unit

    struct Stripped {
        var number: ArraySlice<AnswerToken>
        var isPercent = false
        /// Kinds of units; empty without units, or without known ones.
        var units: Set<String> = []
    }

    /// Removes a percent sign, currencies, degrees and units.
    static func strip(_ tokens: ArraySlice<AnswerToken>) -> Stripped {
        var stripped = Stripped(number: tokens)
        let keepsDegrees = tokens.contains {
            if case .command(let name) = $0 { name != "frac" && name != "sqrt" } else { false }
        }
        stripped.take(keepsDegrees: keepsDegrees)
        if !stripped.units.isDisjoint(with: temperatures) { stripped.units.remove("degree") }
        let isNumber = stripped.number.contains { if case .number = $0 { true } else { $0 == .name("π") } }
        return isNumber ? stripped : Stripped(number: tokens)
    }
}

extension AnswerUnits.Stripped {
    fileprivate mutating func take(keepsDegrees: Bool) {
        if number.contains(where: AnswerUnits.currencies.contains) {
            for case .symbol(let sign) in number where AnswerUnits.currencies.contains(.symbol(sign)) { add(sign) }
            number = ArraySlice(number.filter { !AnswerUnits.currencies.contains($0) })
        }
        if number.starts(with: [.name("U"), .name("S")]),
            case .number? = number.dropFirst(2).first(where: { $0 != .space })
        {
            add("$")
            number = number.dropFirst(2)
        }
        if case .word(let word)? = number.first(where: { $0 != .space }),
            ["usd", "rs", "us", "rmb"].contains(word.lowercased())
        {
            add(word)
            number = number.drop { $0 == .space || $0 == .word(word) || $0 == .symbol(".") }
        }
        takePlainSpeed()
        while let last = number.last, takeLast(last, keepsDegrees: keepsDegrees) {}
        if !keepsDegrees, number.contains(.symbol("°")), !number.contains(.symbol("'")) {
            add("°")
            number = ArraySlice(number.filter { $0 != .symbol("°") })
        }
    }

    private mutating func add(_ word: String) {
        if let kind = AnswerUnits.kindName(word) { units.insert(kind) }
        if let power = AnswerUnits.power(word) { units.insert(power) }
    }

    /// `m/s` and `m/s^2`, often written without `\mathrm`.
    private mutating func takePlainSpeed() {
        let signs = number.filter { $0 != .space }
        for tail in [
            [AnswerToken.symbol("^"), .number("2")], [.symbol("^"), .openGroup, .number("2"), .closeGroup], [],
        ] {
            let speed: [AnswerToken] = [.name("m"), .symbol("/"), .name("s")] + tail
            guard signs.count > speed.count, signs.suffix(speed.count).elementsEqual(speed),
                case .number = signs.dropLast(speed.count).last
            else { continue }
            units = tail.isEmpty ? ["m", "s"] : ["m", "s", "^2"]
            number = signs.dropLast(speed.count)[...]
            return
        }
    }

    /// Whether the last token was part of a unit and has been removed.
    private mutating func takeLast(_ last: AnswerToken, keepsDegrees: Bool) -> Bool {
        switch last {
        case .space: number.removeLast()
        case .symbol("%"):
            isPercent = true
            number.removeLast()
        case .word(let word) where AnswerWords.percent.contains(word.lowercased()):
            isPercent = true
            number.removeLast()
        case .word(let word) where AnswerUnits.isUnit(word):
            add(word)
            number.removeLast()
        case .name(let letter) where AnswerUnits.isUnit(letter):
            let before = number.dropLast().last { $0 != .space }
            guard before == .symbol("°"), "FC".contains(letter) else {
                return before == .symbol("/") && takeTail(2, spaced: true)
            }
            add(letter)
            number.removeLast()
        case .symbol("°") where !keepsDegrees:
            add("°")
            number.removeLast()
        case .symbol("/"), .symbol("*"): return takeTail(1)
        case .number(let digits) where ["1", "2", "3"].contains(digits):
            return number.dropLast().last == .symbol("^") && takeTail(2, power: digits)
                || number.suffix(3).starts(with: [.symbol("^"), .symbol("-")]) && takeTail(3, power: digits)
        case .closeGroup:
            // `cm^{2}`, `s^{-1}`
            var power = ""
            if case .number(let digits)? = number.dropLast().last { power = digits }
            return number.suffix(4).starts(with: [.symbol("^"), .openGroup]) && takeTail(4, power: power)
                || number.suffix(5).starts(with: [.symbol("^"), .openGroup, .symbol("-")]) && takeTail(5, power: power)
        default: return false
        }
        return true
    }

    /// Removes tokens if a unit precedes them.
    private mutating func takeTail(_ count: Int, spaced: Bool = false, power: String = "") -> Bool {
        var before = number
        var left = count
        while left > 0, let last = before.last {
            before.removeLast()
            if !(spaced && last == .space) { left -= 1 }
        }
        while before.last == .space { before.removeLast() }
        guard case .word(let word)? = before.last, AnswerUnits.isUnit(word) else { return false }
        if let power = AnswerUnits.power(power) { units.insert(power) }
        number = before
        return true
    }
}

extension AnswerUnits {
    fileprivate static func kindName(_ word: String) -> String? { kind(of: word) }
}
