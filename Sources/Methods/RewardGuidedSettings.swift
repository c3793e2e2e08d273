import Decoding
import SpecYAML

/// `rsd`.
struct RewardGuidedSettings: MethodSettings {
    static let key = "rsd"
    static let keys = ["weighting", "threshold", "alpha", "p"]

    let weighting: Weighting
    let roles: Set<Role> = [.draft, .target, .prm]
    let looksAhead = true
    var drawsVerdicts: Bool { !weighting.isCertain }
    var yaml: [(key: String, value: String)] { weighting.yaml }

    init(weighting: Weighting) {
        self.weighting = weighting
    }

    init?(_ section: SpecSection) {
        guard let weighting = Weighting(section) else { return nil }
        self.weighting = weighting
    }

    func start(_ common: CommonSettings, draw: Draw) -> any DecodingMethod {
        RewardGuided(
            weighting: weighting, lookahead: common.lookahead, judgesEmptyEnd: common.judgesEmptyEnd, draw: draw)
    }
}

extension Weighting {
    /// The weightings' keys in a spec, and their settings.
    enum Key: String, CaseIterable {
        case binaryStep = "binary_step"
        case constant, clipping, sigmoidal, logistic

        var settings: [String] {
            switch self {
            case .binaryStep: ["threshold"]
            case .constant: ["p"]
            case .clipping, .sigmoidal: []
            case .logistic: ["alpha", "threshold"]
            }
        }
    }

    var key: Key {
        switch self {
        case .binaryStep: .binaryStep
        case .constant: .constant
        case .clipping: .clipping
        case .sigmoidal: .sigmoidal
        case .logistic: .logistic
        }
    }

    /// The paper's δ.
    static let standardThreshold = 0.7

    init?(_ section: SpecSection) {
        guard let key = section["weighting"].map({ $0.choice(of: Key.self) }) ?? .binaryStep else {
            return nil
        }
        for (name, field) in section.fields
        where Key.allCases.contains(where: { $0.settings.contains(name) }) && !key.settings.contains(name) {
            field.error("'\(name)' does not apply to the weighting '\(key.rawValue)'")
        }
        func threshold() -> Double {
            section.value("threshold", default: Self.standardThreshold) { $0.number(in: 0...1) }
        }
        switch key {
        case .binaryStep: self = .binaryStep(threshold: threshold())
        case .clipping: self = .clipping
        case .sigmoidal: self = .sigmoidal
        case .constant:
            guard let p = section.required("p")?.number(in: 0...1) else { return nil }
            self = .constant(p: p)
        case .logistic:
            let threshold = threshold()
            guard let alpha = section.required("alpha")?.number("more than 0", where: { $0 > 0 }) else {
                return nil
            }
            self = .logistic(alpha: alpha, threshold: threshold)
        }
    }

    /// The weighting's name and settings, as in a spec.
    var yaml: [(key: String, value: String)] {
        [("weighting", key.rawValue)]
            + {
                switch self {
                case .binaryStep(let threshold): [("threshold", threshold.plain)]
                case .constant(let p): [("p", p.plain)]
                case .clipping, .sigmoidal: []
                case .logistic(let alpha, let threshold):
                    [("alpha", alpha.plain), ("threshold", threshold.plain)]
                }
            }()
    }
}
