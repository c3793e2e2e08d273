import Decoding
import Foundation

/// Engines that come and go with processes, for runs that start engines themselves. A process opens a connection here and asks for
/// an engine on a port; the engine is up as long as that connection.
extension PaceServer {
    /// `POST /engine?role=draft&port=8001`. There is no response.
    func control(_ request: PaceConnection.Request, _ connection: PaceConnection) throws {
        guard request.path == "/engine", let role = request.query("role").flatMap(Role.init),
            let port = request.query("port").flatMap(UInt16.init)
        else { return connection.respond(#"{"detail":"Not Found"}"#, status: 404) }
        let held = connection.socket
        heldEngines[held] = role
        figures.starts += 1
        after(settings.machine.start(of: role)) { server in
            // The process may have ended meanwhile.
            guard server.connections[held] === connection else { return }
            do {
                server.open(role, on: try PaceSocket.listen(port: port).socket)
            } catch {
                connection.respond(PaceError.json("\(error)"), status: 503)
            }
        }
    }
}
