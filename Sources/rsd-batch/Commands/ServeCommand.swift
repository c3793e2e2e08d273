import ArgumentParser
import Foundation
import RSDJobs
import RunServer
import RunStore
import Support

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Show the runs in a folder in a browser, live.",
        discussion: """
            Serves a list of the runs, the report of each, and metrics for Prometheus, on this machine only, and prints the address, \
            whose token keeps other users of the machine out. Reads runs and changes nothing. Ctrl-C ends it.

            From your own machine, with the port that the address names:

              ssh -L 6070:127.0.0.1:6070 USER@HOST
            """)

    @Argument(help: "The folder with the runs, or a run directory.", completion: .directory)
    var folder = "runs"

    @Option(help: "The port; 0 for any that is free. (default: \(usualPort), or the next that is free)")
    var port: UInt16?

    @Option(
        help: ArgumentHelp(
            "The IP address to listen on; 0.0.0.0 for all of this machine's. Whoever can reach it and has the token sees the runs, and "
                + "nothing is encrypted.", valueName: "address"))
    var host = "127.0.0.1"

    private static let usualPort: UInt16 = 6070
    private static let portsTried: UInt16 = 20
    private static let tokenVariable = "RSD_BATCH_SERVE_TOKEN"

    func run() async throws {
        let console = Console()
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw NoFolder(path: folder)
        }
        let address = host == "localhost" ? "127.0.0.1" : host
        let token = try token(console.environment[Self.tokenVariable])
        let listener = try listen(on: address)
        let server = RunServer(folder, on: listener, host: address, token: token)
        try console.out(server.address)
        let port = listener.port
        console.message(
            "rsd-batch: serving \(folder); Ctrl-C ends it. From another machine: ssh -L \(port):127.0.0.1:\(port) USER@THIS_HOST, then open the "
                + "address there\n")
        try await server.run()
    }

    private func listen(on address: String) throws(CannotListen) -> HTTPListener {
        if let port { return try HTTPListener(host: address, port: port) }
        for port in Self.usualPort..<Self.usualPort + Self.portsTried {
            do throws(CannotListen) {
                return try HTTPListener(host: address, port: port)
            } catch  where error.errno == EADDRINUSE {
                continue
            }
        }
        return try HTTPListener(host: address, port: 0)
    }

    /// A token that stays the same, for a bookmark or Prometheus; nil for a random one.
    private func token(_ given: String?) throws -> String? {
        guard let given, !given.isEmpty else { return nil }
        guard given.count >= 16, given.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) })
        else {
            throw ValidationError("\(Self.tokenVariable) must be at least 16 letters, digits, - or _.")
        }
        return given
    }
}
