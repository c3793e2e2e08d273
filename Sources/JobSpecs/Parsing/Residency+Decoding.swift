import Decoding
import Foundation
import SpecYAML
import Support

/// The settings in `engine` that determine which models are up together.
struct WrittenResidency {
    static let keys = ["residency", "groups", "sleep_level", "tail"]

    var kind: ResidencyKind
    var groups: [[Role]]?
    var sleepLevel: Int
    var tail: TailSpec

    /// - Parameter engine: nil if it could not be decoded.
    init(_ section: SpecSection, engine: EngineKind?) {
        kind = section.value("residency", default: engine?.residency ?? .swap) {
            $0.choice(of: ResidencyKind.self)
        }
        groups = section["groups"].flatMap(Self.groups)
        sleepLevel = section.value("sleep_level", default: 1) { field in
            field.integer(in: 1...Int.max).flatMap { (level: Int) in
                level <= 2 ? level : field.fail("'sleep_level' must be 1 or 2, found \(level)")
            }
        }
        tail = section.value("tail", default: .auto, Self.tail)
        if kind == .share || kind == .attach, let field = section["tail"] {
            field.error(
                "'tail' applies to 'residency: swap' and 'sleep'; with '\(kind.rawValue)' all models are up at once")
        }
        if kind == .auto, let field = section["groups"] {
            field.error("'groups' applies to 'residency: swap' and 'sleep'; 'auto' chooses the groups itself")
        } else if kind != .swap, kind != .sleep, let field = section["groups"] {
            field.error(
                "'groups' applies to 'residency: swap' and 'sleep'; with '\(kind.rawValue)' all models are up at once")
        }
        if kind != .sleep, let field = section["sleep_level"] {
            field.error("'sleep_level' applies only to 'residency: sleep'; remove it")
        }
    }

    private static func tail(_ field: SpecField) -> TailSpec? {
        if field.scalar?.meaning == .integer { return field.integer(in: 1...SpecLimit.requests).map { .last($0) } }
        return field.choice(among: TailSpec.words)
    }

    private static func groups(_ field: SpecField) -> [[Role]]? {
        var seen: Set<Role> = []
        return field.elements(named: "a group")?.compactMap { group in
            group.elements(named: "a model of a group")?.compactMap { element in
                guard let role = element.choice(of: Role.self, called: "model") else { return nil }
                return seen.insert(role).inserted ? role : element.fail("'\(role.rawValue)' is in the groups twice")
            }
        }
    }
}

extension ServerSpec {
    static let keys = ["url", "key_env", "served"]

    /// The server in a model's section; nil if there is none.
    init?(_ section: SpecSection) {
        guard let field = section["url"] else {
            for key in Self.keys {
                section[key]?.error("'\(key)' describes a server, but 'url' is missing")
            }
            return nil
        }
        let url = Self.address(field)
        let variable = section["key_env"].flatMap { field -> String? in
            guard let name = field.word() else { return nil }
            let isName = name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil
            return isName
                ? name
                : field.fail(
                    "'key_env' must name the environment variable that contains the key; \(quoted(name)) is not a valid name"
                )
        }
        let served = section["served"].flatMap { $0.word() }
        // An invalid address has been reported; still record that there is one.
        self.init(url: url ?? "", keyVariable: variable, served: served)
    }

    private static func address(_ field: SpecField) -> String? {
        guard let text = field.word() else { return nil }
        let bare = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard bare.wholeMatch(of: /https?:\/\/[^\/\s?#@]+/) != nil else {
            return field.fail(
                "'url' must be the address of a server without a path, such as http://127.0.0.1:8000, found \(quoted(text))"
            )
        }
        return bare
    }
}

extension ParsedJob {
    /// Checks 'residency' against the models that the methods need.
    func checkResidency(at field: SpecField) {
        guard let engine, case .mapping(let entries) = field.node.content else { return }
        func written(_ key: String) -> SpecField? {
            entries.first { $0.key == key }.map { SpecField($0, log: field.log) }
        }
        let needed = methods.reduce(into: Set<Role>()) { $0.formUnion($1.kind.roles) }
        if let groups = engine.groups, let field = written("groups") {
            for role in Role.allCases where needed.contains(role) && !groups.joined().contains(role) {
                field.error("no group has the model '\(role.rawValue)', which the methods need")
            }
        }
        guard engine.residency == .attach else {
            for role in Role.named {
                guard let model = models[role], model.value.server != nil else { continue }
                field.log.error(
                    at: model.mark,
                    "'\(role.rawValue)' has a 'url', which applies only to 'residency: attach'; here rsd-batch starts the server itself"
                )
            }
            return
        }
        for role in Role.named where needed.contains(role) {
            guard let model = models[role], model.value.server == nil else { continue }
            field.log.error(
                at: model.mark, "missing key 'url' in \(role.rawValue): 'residency: attach' needs its server")
        }
        for key in ["venv", "args", "env"] {
            written(key)?.error("'\(key)' applies to engines that rsd-batch starts; 'residency: attach' starts none")
        }
    }
}
