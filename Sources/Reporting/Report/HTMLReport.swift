import Foundation
import ReportPage

extension RunReport {
    /// `report.html`: a self-contained page.
    package func html() throws -> Data {
        let data = try PageData(self)
        return ReportPage.html(title: "\(job.spec.name) · rsd-batch", index: data.index, problems: data.problems)
    }
}
