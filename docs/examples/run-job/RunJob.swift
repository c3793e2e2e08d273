import Foundation
import RSDJobs

@main
struct RunJob {
    static func main() async throws {
        let job = try await RSDJob(spec: URL(filePath: "jobs/demo.yaml"))
        for warning in job.warnings { print(warning) }
        let rows = try await job.run(in: URL(filePath: "runs/demo")) { finished, total in
            print("\(finished) of \(total)")
        }
        for row in rows { print("\(row.method) on \(row.dataset): \(row.correct) of \(row.total)") }
    }
}
