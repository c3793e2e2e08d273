@testable import JobSpecs
@testable import RSDJobs

/// The engines of a job whose roles share none.
extension EngineID {
    static let draft: EngineID = "draft"
    static let prm: EngineID = "prm"
    static let target: EngineID = "target"
}
