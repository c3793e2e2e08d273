import SpecYAML
import Support

/// Reads a run and calibrates a threshold on it.
///
/// - Parameter path: the run directory, absolute.
/// - Throws: ``ProgramError``.
package typealias Calibrate = @Sendable (_ request: ThresholdRequest, _ path: String) throws -> CalibratedThreshold

/// Where a job's calibrated thresholds come from: the run that was begun with them, or the runs that they name.
final class ThresholdSource {
    /// Where relative paths of the spec start.
    private let directory: String
    /// Those that the run was begun with.
    private let pinned: [CalibratedThreshold]
    /// nil where the spec is read for something else.
    private let calibrate: Calibrate?
    /// Those that the job took.
    private(set) var taken: [CalibratedThreshold] = []
    /// A run is read once for a request, however many methods make it.
    private var failures: [ThresholdRequest: String] = [:]

    init(directory: String, pinned: [CalibratedThreshold], calibrate: Calibrate?) {
        (self.directory, self.pinned, self.calibrate) = (directory, pinned, calibrate)
    }

    /// The threshold; nil after a logged error, or where none is needed.
    func threshold(for request: ThresholdRequest, at field: SpecField) -> CalibratedThreshold? {
        if let known = taken.first(where: { $0.request == request }) { return known }
        if let failure = failures[request] { return field.fail(failure) }
        guard let path = field.path(from: directory) else { return nil }
        guard let found = pinned.first(where: { $0.request == request }) ?? read(request, path) else {
            return failures[request].flatMap { field.fail($0) }
        }
        taken.append(found)
        return found
    }

    private func read(_ request: ThresholdRequest, _ path: String) -> CalibratedThreshold? {
        do {
            return try calibrate?(request, path)
        } catch {
            let explanation = (error as? any ProgramError)?.explanation
            let cause = explanation?.diagnostics.first.map { ": \($0.message)" } ?? ""
            let remedy = explanation?.remedy.map { ". \($0)" } ?? ""
            failures[request] = "no threshold from this run: \(explanation?.summary ?? "\(error)")\(cause)\(remedy)"
            return nil
        }
    }
}
