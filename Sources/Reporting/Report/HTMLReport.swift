import Foundation
import ReportPage

extension RunReport {
    /// `report.html`: one page with everything in it, to be opened from the disk.
    package func html() throws -> Data {
        let data = try PageData(self)
        return ReportPage.html(title: "\(job.spec.name) · rsd-batch", index: data.index, problems: data.problems)
    }
}
