import Foundation

/// The process that a runner starts as an engine, where paced engines stand in for the pocket engine: it asks the paced server for
/// an engine on its port, and the engine is up as long as it runs.
enum PaceProcess {
    /// Beside the copy of this program that is named `rsd-pocket`: where to ask, and how long an end takes.
    struct Place: Codable {
        var port: UInt16
        var stopSeconds: Double

        static func file(in directory: URL) -> URL { directory.appending(path: "pace.json") }
    }

    /// - Returns: nil if this program does not stand in for paced engines.
    static func place() -> Place? {
        let directory = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        return (try? Data(contentsOf: Place.file(in: directory))).flatMap {
            try? JSONDecoder().decode(Place.self, from: $0)
        }
    }

    static func serve(_ arguments: [String], _ place: Place) throws {
        func value(_ flag: String) throws -> String {
            guard let index = arguments.firstIndex(of: flag), arguments.indices.contains(index + 1) else {
                throw BenchFailure(description: "\(flag) is missing")
            }
            return arguments[index + 1]
        }
        let socket = try PaceSocket.connect(port: place.port)
        let request =
            "POST /engine?role=\(try value("--served-model-name"))&port=\(try value("--port")) HTTP/1.1\r\n\r\n"
        _ = send(socket, request, request.utf8.count, Int32(MSG_NOSIGNAL))
        let termination = DispatchSource.makeSignalSource(signal: SIGTERM, queue: .global())
        termination.setEventHandler {
            close(socket)
            Thread.sleep(forTimeInterval: place.stopSeconds)
            exit(0)
        }
        termination.resume()
        // There is no response: only the server's end, or its refusal, ends the wait.
        var byte: UInt8 = 0
        _ = recv(socket, &byte, 1, 0)
        exit(1)
    }
}
