import Foundation
import ModelLifecycle
import RSDJobs
import RunnerSupport
import TestSupport
import Testing

/// `scripts/measure-gpu`.
@Suite(.onRealVLLM) struct MeasureTests {
    @Test("its way on a GPU, with stubs in place of GPU, vLLM and rsd-batch")
    func onAGPU() async throws {
        let scratch = try Scratch()
        let process = try RunnerProcess(
            [
                "-B", "-m", "unittest", "discover", "--start-directory",
                Programs.repository.appending(path: "Tests/VLLMTests/measure").path,
            ], program: URL(filePath: try await VLLMInstallation(venv: nil).python()), scratch: scratch.url,
            limit: VLLMSetup.limit)
        let code = await process.exitCode()
        #expect(code == 0, "\(process.standardError)")
        #expect(process.standardError.contains(/Ran [1-9]\d* tests/))
    }
}
