import Foundation
import RunnerSupport

@testable import ModelLifecycle

/// What scripts/make-test-models has made.
enum TestModels {
    static let folder =
        ProcessInfo.processInfo.environment["RSD_BATCH_TEST_MODELS"] ?? CacheFolder.path + "/test-models"

    static func path(_ name: String) -> String { "\(folder)/\(name)" }
}

/// The first questions of GSM8K's test split.
enum GradeSchool {
    static let lines: [String] = {
        let file = Programs.repository.appending(path: "Tests/VLLMTests/gsm8k/questions.jsonl")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }()
}
