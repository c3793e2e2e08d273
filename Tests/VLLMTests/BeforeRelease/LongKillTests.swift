import Foundation
import Testing

extension BeforeRelease {
    @Suite struct LongKillTests {
        /// RSD_VLLM_KILLS gives another number.
        private static let kills = ProcessInfo.processInfo.environment["RSD_VLLM_KILLS"].flatMap { Int($0) } ?? 20

        @Test("many kills at random moments, one model at a time and all at once", arguments: ["swap", "share"])
        func anyone(residency: String) async throws {
            var kills = try await RandomKills(residency: residency)
            try await kills.strike(times: (Self.kills + 1) / 2)
        }
    }
}
