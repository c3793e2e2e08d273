import Checkpoints
import SpecYAML

extension PRMProfile {
    /// A profile's name, or a mapping with `name` and the profile's settings.
    init?(field: SpecField) {
        guard case .mapping = field.node.content else {
            guard let name = field.choice(of: Name.self) else { return nil }
            self.init(name, stepToken: nil)
            return
        }
        guard let section = SpecSection(field, "profile", keys: ["name", "step_token"]) else { return nil }
        let name = section.required("name")?.choice(of: Name.self, called: "profile")
        let token = section["step_token"].flatMap { $0.checkEscapes(strictly: true) ? $0.word() : nil }
        guard let name else { return nil }
        if let field = section["step_token"], name != .skywork {
            field.error("'step_token' applies only to the profile 'skywork'; remove it")
        }
        self.init(name, stepToken: token)
    }

    private init(_ name: Name, stepToken: String?) {
        self =
            switch name {
            case .tokenClassification: .tokenClassification
            case .sequenceClassification: .sequenceClassification
            case .skywork: .skywork(stepToken: stepToken ?? Self.standardStepToken)
            case .qwenPRM: .qwenPRM
            case .mathShepherd: .mathShepherd
            case .rlhflow: .rlhflow
            case .judge: .judge
            }
    }
}

extension ModelSpec {
    /// Checks a PRM's profile against its checkpoint.
    ///
    /// - Throws: ``ModelFilesError`` that names the matching profile.
    func checkProfile(with files: ModelFiles) throws(ModelFilesError) {
        guard let profile else { return }
        if let architecture = files.architectures.first, !profile.name.fits(architecture) {
            let fitting = PRMProfile.Name.allCases.filter { $0.fits(architecture) }.map { "'profile: \($0.rawValue)'" }
            throw ModelFilesError(
                "\(model) is a \(architecture), which does not match the profile '\(profile.name.rawValue)'; "
                    + (fitting.isEmpty ? "no profile matches" : "use \(fitting.joined(separator: " or "))"))
        }
        // Finds missing tokenizer files before a model starts.
        _ = try task()
    }
}
