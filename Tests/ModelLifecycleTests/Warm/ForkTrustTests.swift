import Testing

@testable import ModelLifecycle

@Suite("Trust in forks by version") struct ForkTrustTests {
    @Test("proven where it was tried, unproven on a GPU, and refused elsewhere unless it is asked for")
    func byVersion() {
        #expect(VLLMVersion("0.32.0+cpu").trustInForks(isWanted: false) == .proven)
        #expect(VLLMVersion("0.32.0").trustInForks(isWanted: false) == .unproven)
        for version in ["0.31.0+cpu", "0.33.0", "0.32.1", "dev", "1.0.0+cpu"].map({ VLLMVersion($0) }) {
            #expect(version.trustInForks(isWanted: true) == .unproven)
            guard case .refused(let why) = version.trustInForks(isWanted: false) else {
                Issue.record("\(version) is trusted")
                continue
            }
            #expect(why.contains("\(version)") && why.contains("warm: true"))
        }
    }
}
