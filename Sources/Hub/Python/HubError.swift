import Foundation
import Support

/// The hub, or what stands between it and this machine, does not give what was asked for.
package struct HubError: ProgramError, Equatable {
    package enum Code: String, Sendable, CaseIterable {
        /// There is no such repository, or only for others.
        case missing
        case revision
        /// The repository is gated or private.
        case access
        case token
        /// No connection, or the libraries are told to make none.
        case unreachable
        /// The hub, or a mirror, responds with an error.
        case server
        case room
        /// The cache cannot be written.
        case cache
        /// The repository has nothing that can be used.
        case unusable
        /// There is no `huggingface_hub`.
        case python
        /// It is there, but does not work.
        case broken
    }

    package var code: Code
    package var summary: String
    package var remedy: String?

    package init(_ code: Code, _ summary: String, remedy: String? = nil) {
        (self.code, self.summary, self.remedy) = (code, summary, remedy)
    }

    package var explanation: Explanation {
        let exit: ExitCategory = code == .room || code == .cache ? .disk : .badJob
        return Explanation("hub-\(code.rawValue)", exit, summary, remedy: remedy)
    }
}

/// A failure as `hub.py` reports it.
struct HubFailure: Decodable {
    /// A word of `hub.py`.
    var why: String
    var text: String
    var hasToken: Bool?
    var status: Int?
    /// Names of what there is instead.
    var others: [String]?
    /// The file that could not be written.
    var path: String?
}

extension HubError {
    init(
        _ failure: HubFailure, _ repository: HubRepository, revision: String, python: String,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        let (name, host) = (repository.name, Self.host(environment))
        let page = "\(host)/\(repository.kind == .dataset ? "datasets/" : "")\(name)"
        let isKnown = failure.hasToken == true
        let logIn = "set HF_TOKEN to your access token, or log in with `hf auth login`."
        switch failure.why {
        case "missing":
            let near = nearest(to: name, among: (failure.others ?? []).filter { $0 != name })
            self.init(
                .missing,
                "\(host) has no \(repository.kind.rawValue) \(name)\(isKnown ? " that your token may see" : "")",
                remedy: (near.map { "Did you mean '\($0)'? " } ?? "")
                    + (isKnown
                        ? "If the name is right, ask for access at \(page)."
                        : "If it is private, \(logIn)"))
        case "revision":
            let others = failure.others ?? []
            let listed = nearest(to: revision, among: others).map { [$0] } ?? Array(others.prefix(10))
            let near = suggestion(for: revision, among: listed, listedAs: "it has")
            self.init(.revision, "\(name) has no revision '\(revision)'\(near)")
        case "gated", "access":
            self.init(
                .access, "\(name) may only be downloaded by those who were granted access\(failure.statusNote)",
                remedy:
                    "Ask for access at \(page)\(isKnown ? ": your token must belong to the account that has it." : ", then \(logIn)")"
            )
        case "token":
            self.init(
                .token, "\(host) does not accept your access token\(failure.statusNote)",
                remedy:
                    "It is in HF_TOKEN, or where `hf auth login` stored it: replace it, or remove it if none is needed."
            )
        case "offline":
            self.init(
                .unreachable, "\(name) is not in the cache, and HF_HUB_OFFLINE forbids downloads",
                remedy: "Unset HF_HUB_OFFLINE (and TRANSFORMERS_OFFLINE), or fetch it on a machine with network.")
        case "network":
            self.init(
                .unreachable, "\(host) cannot be reached for \(name): \(failure.text)",
                remedy:
                    "Check the network and its proxy (https_proxy), or set HF_ENDPOINT to a mirror. On a cluster, fetch on the "
                    + "login node.")
        case "server":
            self.init(
                .server, "\(host) refuses \(name)\(failure.statusNote): \(failure.text)",
                remedy: "Try again later; what was downloaded is kept.")
        case "room":
            self.init(
                .room, "the disk is full\(failure.path.map { ": \($0)" } ?? ""): \(failure.text)",
                remedy:
                    "Free some space, or set HF_HOME to a larger disk, and run the same command again: it continues.")
        case "file":
            self.init(
                .cache, "the cache cannot be written: \(failure.text)",
                remedy: "Correct its permissions, or set HF_HOME to a folder of your own.")
        default:
            self.init(
                .broken, "huggingface_hub of \(python) failed with \(name): \(failure.text)",
                remedy: "Update it with `\(python) -m pip install --upgrade huggingface_hub`.")
        }
    }

    /// The hub, or its mirror.
    package static func host(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        let endpoint = environment["HF_ENDPOINT"] ?? "https://huggingface.co"
        return endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
    }
}

extension HubFailure {
    fileprivate var statusNote: String { status.map { " (status \($0))" } ?? "" }
}
