import Testing

@testable import ModelLifecycle

@Suite("vLLM's sampling defaults") struct VLLMSamplingDefaultsTests {
    /// vLLM would take a checkpoint's generation_config.json for what a request leaves out, and only its log says so.
    @Test("no checkpoint fills in its own sampling defaults")
    func checkpointDefaults() throws {
        let words = try VLLMFlags(EngineConfiguration(name: "draft", model: "/models/draft")).words
        let flag = try #require(words.firstIndex(of: "--generation-config"))
        #expect(words[flag + 1] == "vllm")
        #expect(words.count { $0 == "--generation-config" } == 1)
    }
}
