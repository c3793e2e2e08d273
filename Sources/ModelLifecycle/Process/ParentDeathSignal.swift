import Foundation

/// Finds a `setpriv` that can end a child with its parent (util-linux 2.33 or later; busybox's cannot).
package enum ParentDeathSignal {
    private static let search = Task<String?, Never> {
        for path in ["/usr/bin/setpriv", "/bin/setpriv", "/usr/sbin/setpriv"] {
            let probe = SpawnRequest(
                executable: path, arguments: ["--pdeathsig", "TERM", "--", "/bin/sh", "-c", "exit 0"],
                environment: [:], outputPath: "/dev/null")
            guard let child = try? await ChildProcess.launch(probe, tiedToParent: false) else { continue }
            let status = try? await child.exit.wait(atMost: .seconds(10))
            if status == .exited(code: 0) { return path }
        }
        return nil
    }

    /// The path of a suitable `setpriv`, or nil. Searched for once.
    package static func setpriv() async -> String? { await search.value }
}
