@testable import Decoding
@testable import ModelLifecycle
@testable import RSDJobs
@testable import RunStore
@testable import Runner

/// Engines whose answers a stand-in gives, for a real ``JobRun``.
struct RehearsedSite: EngineSite, EngineRoom {
    let groups: [[Role]]
    let standIn: StandIn
    var reason: String? { nil }
    var requests: RequestsInFlight { .sample }
    var energy: EnergyMeter? { nil }

    func version() async throws -> String { "stand-in" }
    func sweep() async throws -> Int { 0 }
    func open() async throws -> any EngineRoom { self }
    func leave() async throws {}

    func enter(_ group: [Role], note: @escaping EngineNoteTaker) async throws -> any Crew {
        RehearsedCrew(standIn: standIn)
    }

    private struct RehearsedCrew: Crew {
        let standIn: StandIn

        func answer(_ question: Question) async throws -> Answer { Answer(event: standIn.answer(question)) }
        func speculation() async -> RunFigures.Speculation? { nil }
        func restart(_ role: Role) async throws {}

        func trouble() async -> EngineTrouble? {
            try? await Task.sleep(for: .seconds(3600))
            return nil
        }
    }
}
