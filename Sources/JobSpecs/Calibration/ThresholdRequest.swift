import Methods

/// What a calibrated threshold has to meet.
package enum CalibrationGoal: Sendable, Hashable {
    /// At least this share of right answers, for as little as possible.
    case accuracy(Double)
    /// At most these FLOPs, relative to those of the target alone, with as many right answers as possible.
    case cost(Double)

    /// As in a spec, such as `accuracy` and `0.9`.
    package var key: String {
        switch self {
        case .accuracy: "accuracy"
        case .cost: "cost"
        }
    }

    package var value: Double {
        switch self {
        case .accuracy(let value), .cost(let value): value
        }
    }
}

/// `threshold: { calibrate: RUN, accuracy: 0.9 }` of a method in a job.
package struct ThresholdRequest: Sendable, Hashable {
    /// The key of the method that needs it.
    package var kind: String
    /// The run directory, as the spec has it.
    package var run: String
    package var goal: CalibrationGoal
    /// One of the run's methods, where several could be meant.
    package var method: String?
    /// One of the run's data sets; nil for all.
    package var dataset: String?

    package init(kind: String, run: String, goal: CalibrationGoal, method: String? = nil, dataset: String? = nil) {
        (self.kind, self.run, self.goal) = (kind, run, goal)
        (self.method, self.dataset) = (method, dataset)
    }
}

/// A threshold that a job took from another run.
package struct CalibratedThreshold: Sendable, Hashable {
    package var request: ThresholdRequest
    package var threshold: Double
    /// The other settings of the run's methods, such as `weighting: binary_step`: for others, the threshold means nothing.
    package var settings: String
    /// Ends of its 95 % interval; nil where the run's thresholds do not bound it.
    package var low: Double?
    package var high: Double?

    package init(
        request: ThresholdRequest, threshold: Double, settings: String, low: Double? = nil, high: Double? = nil
    ) {
        (self.request, self.threshold, self.settings) = (request, threshold, settings)
        (self.low, self.high) = (low, high)
    }
}

extension CalibratedThreshold: Codable {
    private enum CodingKeys: String, CodingKey {
        case kind, run, accuracy, cost, method, dataset, threshold, settings, low, high
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        let goal: CalibrationGoal =
            try fields.decodeIfPresent(Double.self, forKey: .accuracy).map { .accuracy($0) }
            ?? .cost(fields.decode(Double.self, forKey: .cost))
        request = ThresholdRequest(
            kind: try fields.decode(String.self, forKey: .kind), run: try fields.decode(String.self, forKey: .run),
            goal: goal, method: try fields.decodeIfPresent(String.self, forKey: .method),
            dataset: try fields.decodeIfPresent(String.self, forKey: .dataset))
        threshold = try fields.decode(Double.self, forKey: .threshold)
        settings = try fields.decode(String.self, forKey: .settings)
        low = try fields.decodeIfPresent(Double.self, forKey: .low)
        high = try fields.decodeIfPresent(Double.self, forKey: .high)
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(request.kind, forKey: .kind)
        try fields.encode(request.run, forKey: .run)
        switch request.goal {
        case .accuracy(let value): try fields.encode(value, forKey: .accuracy)
        case .cost(let value): try fields.encode(value, forKey: .cost)
        }
        try fields.encodeIfPresent(request.method, forKey: .method)
        try fields.encodeIfPresent(request.dataset, forKey: .dataset)
        try fields.encode(threshold, forKey: .threshold)
        try fields.encode(settings, forKey: .settings)
        try fields.encodeIfPresent(low, forKey: .low)
        try fields.encodeIfPresent(high, forKey: .high)
    }
}

extension MethodKind {
    /// All its settings but the threshold, as in a spec: `by: margin, weighting: binary_step`.
    package var settingsBesideThreshold: String {
        settings.yaml.filter { $0.key != "threshold" }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    }
}
