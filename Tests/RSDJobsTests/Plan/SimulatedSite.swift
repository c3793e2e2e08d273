import ModelLifecycle

@testable import JobSpecs
@testable import RSDJobs
@testable import RunStore
@testable import Runner

/// Engines whose answers are simulated, for a real ``JobRun``.
struct SimulatedSite: EngineSite, EngineRoom {
    let groups: [[EngineID]]
    let models: SimulatedModels
    var reason: String? { nil }
    var requests: RequestsInFlight { .sample }
    var energy: EnergyMeter? { nil }

    func version() async throws -> String { "simulated" }
    func sweep() async throws -> Int { 0 }
    func open() async throws -> any EngineRoom { self }
    func leave() async throws {}

    func enter(_ group: [EngineID], note: @escaping EngineNoteTaker) async throws -> any Crew {
        SimulatedCrew(models: models)
    }

    private struct SimulatedCrew: Crew {
        let models: SimulatedModels

        func answer(_ request: InferenceRequest) async throws -> Answer { Answer(event: models.answer(request)) }
        func speculation() async -> RunFigures.Speculation? { nil }
        func restart(_ engine: EngineID) async throws {}

        func trouble() async -> EngineTrouble? {
            try? await Task.sleep(for: .seconds(3600))
            return nil
        }
    }
}
