import Foundation
import ModelLifecycle

@main
struct ServeModel {
    static func main() async throws {
        let server = try ModelServer(
            model: CommandLine.arguments[1], arguments: ["max-model-len": "2048"],
            directory: FileManager.default.temporaryDirectory)
        try await server.start()
        print(try await server.complete("Two and two is", maxTokens: 8))
        try await server.stop()
    }
}
