import Hub

/// What a spec names and a run was begun with: it counts even if the same name stands for something else by now.
package struct RunPins: Sendable, Equatable {
    /// The commits of models of the hub.
    package var models: [ModelPin]
    /// The thresholds that were taken from other runs.
    package var thresholds: [CalibratedThreshold]
    /// The run's own spec, which names the commits.
    package var spec: String

    package init(models: [ModelPin], thresholds: [CalibratedThreshold] = [], spec: String) {
        (self.models, self.thresholds, self.spec) = (models, thresholds, spec)
    }
}

/// Where things are looked up that a spec only names.
package struct SpecLookup: Sendable {
    /// For models that are named as on the hub.
    package var cache: HubCache
    /// What the run was begun with, by the job's name.
    package var pins: @Sendable (_ job: String) -> RunPins?
    /// For thresholds that are taken from other runs. nil where the spec is read for something else: they are 1 then.
    package var calibrate: Calibrate?

    package init(
        cache: HubCache = HubCache(), pins: @escaping @Sendable (_ job: String) -> RunPins? = { _ in nil },
        calibrate: Calibrate? = nil
    ) {
        (self.cache, self.pins, self.calibrate) = (cache, pins, calibrate)
    }
}
