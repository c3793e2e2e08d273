import SpecYAML
import Support

extension SpecField {
    /// A temperature, 0 for the most likely tokens.
    func temperature() -> Double? { number("at least 0") { $0 >= 0 } }

    func topP() -> Double? { number("more than 0 and at most 1") { $0 > 0 && $0 <= 1 } }

    /// A number of samples of a problem.
    func samples() -> Int? { integer(in: 1...SpecLimit.requests) }

    /// The number of samples of a job: that of its seeds, if it has several.
    func samples(seeds: Int) -> Int? {
        guard let count = samples() else { return nil }
        guard seeds == 1 || seeds == count else {
            return fail(
                "'samples' is \(count), but 'seed' is a list of \(seeds), one per sample; remove one of the two, or make them agree"
            )
        }
        return count
    }

    /// The number of samples of a method: if the job has several seeds, the first of them.
    func samples(seedsAtMost seeds: Int) -> Int? {
        guard let count = samples() else { return nil }
        guard seeds == 1 || count <= seeds else {
            return fail(
                "'samples' is \(count), but 'seed' is a list of \(seeds), one per sample; add seeds, or set a single one, which is enough for any number of samples"
            )
        }
        return count
    }
}

extension ParsedJob {
    /// Samples of a problem by a method.
    func samples(of method: MethodSpec) -> Int { method.samples ?? samples ?? seeds.count }

    /// Warns, in one message, of methods that would write the same response several times.
    func warnOfEqualSamples(at field: SpecField) {
        let names = methods.filter { method in
            let settings = method.kind.settings
            let temperature = settings.sampling?.temperature ?? method.temperature ?? decoding.temperature
            return samples(of: method) > 1 && temperature == 0 && !settings.drawsVerdicts
        }.map { "'\($0.name)'" }
        guard let first = names.first else { return }
        let others = names.count > 1 ? " and \(counted(names.count - 1, "other method"))" : ""
        field.log.warning(
            at: field.mark,
            "all samples of a problem by \(first)\(others) are the same, because nothing is drawn at temperature 0; set 'temperature' "
                + "above 0, or 'samples: 1', for the job or in the method's settings")
    }
}
