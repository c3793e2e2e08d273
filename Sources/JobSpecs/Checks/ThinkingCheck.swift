import Checkpoints
import Decoding
import Foundation
import SpecYAML
import Support

/// Finds how a job's generators think: from the spec, its prompt, and the models' chat templates.
struct ThinkingCheck {
    private let written: Located<WrittenThinking>?
    private let job: ParsedJob
    private let prompt: PromptSpec
    /// The chat templates of the generators that the methods need, as far as they are known.
    private let templates: [Role: String]
    private let log: DiagnosticLog

    init(_ job: ParsedJob, prompt: PromptSpec, files: [Role: ModelFiles], log: DiagnosticLog) {
        self.job = job
        self.prompt = prompt
        self.log = log
        written = job.thinking
        templates = Dictionary(
            uniqueKeysWithValues: [Role.draft, .target].compactMap { role in
                guard let model = job.models[role]?.value, let files = files[role] else { return nil }
                let flag = job.engine?.args(for: model).last { $0.flag == "chat-template" }?.value
                return (flag.map(Self.template) ?? files.chatTemplate).map { (role, $0) }
            })
    }

    /// A template's file, or the template itself, as vLLM accepts both.
    private static func template(_ flag: String) -> String {
        FileManager.default.contents(atPath: flag).map { String(decoding: $0, as: UTF8.self) } ?? flag
    }

    /// nil if nothing is known of thoughts.
    func run() -> ThinkingSpec? {
        switch written?.value {
        case .off:
            checkOff()
            return .off
        case .marked(let stated): return .marked(marks(stated))
        case nil: return recognised.map { marks($0) }.map(ThinkingSpec.marked)
        }
    }

    // MARK: Marks

    /// The marks that the prompt opens, or that a chat template knows.
    private var known: MarkedThinking? {
        if case .template(let template) = prompt {
            let text = Self.afterQuestion(template)
            if let marks = MarkedThinking.known.first(where: { $0.isOpen(after: text) }) { return marks }
        }
        return MarkedThinking.known.first { marks in templates.values.contains { $0.contains(marks.end) } }
    }

    private var recognised: WrittenThinking.Marks? {
        known.map { WrittenThinking.Marks(begin: $0.begin, end: $0.end, starts: [:], prm: .shown) }
    }

    private func marks(_ stated: WrittenThinking.Marks) -> MarkedThinking {
        let usual = known ?? MarkedThinking.known[0]
        var marks = MarkedThinking(
            begin: stated.begin ?? usual.begin, end: stated.end ?? usual.end, prm: stated.prm)
        for role in [Role.draft, .target] where job.models[role] != nil {
            let found = isOpen(marks, for: role)
            if (stated.starts[role].map { $0 == .prompt } ?? found) == true { marks.open.insert(role) }
        }
        if case .template = prompt {
            checkStarts(stated.starts, of: marks)
        } else {
            checkWritersAgree(on: marks)
        }
        return marks
    }

    // MARK: Where they begin

    /// Whether a model's prompts end within thoughts; nil if unknown.
    private func isOpen(_ marks: MarkedThinking, for role: Role) -> Bool? {
        switch prompt {
        case .template(let template): marks.isOpen(after: Self.afterQuestion(template))
        case .chat:
            templates[role]
                .flatMap { GenerationPrompt.rendered($0, settings: settings(of: role)) }
                .map { marks.isOpen(after: $0) }
        }
    }

    private static func afterQuestion(_ template: PromptTemplate) -> Substring {
        template.text.firstRange(of: PromptTemplate.placeholder).map { template.text[$0.upperBound...] } ?? ""
    }

    /// The template's settings that are true or false, from the engine's flags.
    private func settings(of role: Role) -> [String: Bool] {
        guard let model = job.models[role]?.value,
            let text = job.engine?.args(for: model).last(where: { $0.flag == "default-chat-template-kwargs" })?.value,
            let object = try? JSONDecoder().decode([String: Setting].self, from: Data(text.utf8))
        else { return [:] }
        return object.compactMapValues(\.isOn)
    }

    private struct Setting: Decodable {
        var isOn: Bool?
        init(from decoder: any Decoder) throws { isOn = try? decoder.singleValueContainer().decode(Bool.self) }
    }

    // MARK: Errors

    /// A text shows where the thoughts begin, in the same way for all models.
    private func checkStarts(_ starts: [Role: MarkedThinking.Start], of marks: MarkedThinking) {
        guard let isOpen = isOpen(marks, for: .draft), let written,
            starts.values.contains(isOpen ? .response : .prompt)
        else { return }
        log.error(
            at: written.mark,
            isOpen
                ? "the prompt ends within thoughts, after '\(marks.begin)': set 'starts: prompt', or change the prompt"
                : "with 'starts: prompt', the prompt must end with '\(marks.begin)', which opens the thoughts")
    }

    /// Each model must be able to continue the steps of the other.
    private func checkWritersAgree(on marks: MarkedThinking) {
        guard let method = job.methods.first(where: { $0.kind.roles.isSuperset(of: [.draft, .target]) }),
            marks.open.count == 1, let mark = written?.mark ?? job.models[.target]?.mark
        else { return }
        let (open, other) = marks.open.contains(.draft) ? (Role.draft, Role.target) : (.target, .draft)
        log.error(
            at: mark,
            "the prompt of the \(open.rawValue) ends with '\(marks.begin)' and that of the \(other.rawValue) does not, so that "
                + "'\(method.name)' cannot have one continue the steps of the other; give both the same template with args: "
                + "{ chat-template: FILE }, or use a prompt with the text for both")
    }

    private func checkOff() {
        guard let written else { return }
        if case .template = prompt, let known, isOpen(known, for: .draft) ?? false {
            return log.error(
                at: written.mark,
                "the prompt ends within thoughts, after '\(known.begin)': remove 'thinking: none', or change the prompt"
            )
        }
        guard case .chat = prompt else { return }
        for (role, template) in templates.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let settings = settings(of: role).merging(JobSpec.thinkingOff) { $1 }
            guard let text = GenerationPrompt.rendered(template, settings: settings),
                let marks = MarkedThinking.known.first(where: { $0.isOpen(after: text) })
            else { continue }
            log.error(
                at: written.mark,
                "the chat template of the \(role.rawValue) always ends with '\(marks.begin)': its thoughts cannot be turned off. "
                    + "Remove 'thinking: none', or give the model another template with args: { chat-template: FILE }")
        }
    }
}

extension JobSpec {
    /// Settings of chat templates that turn thoughts off: Qwen3's name for the switch, and DeepSeek-V3.1's. Templates ignore
    /// settings that they do not know.
    package static let thinkingOff = ["enable_thinking": false, "thinking": false]

    /// Settings that chat templates get with each request.
    package var chatSettings: [String: Bool] { thinking == .off ? Self.thinkingOff : [:] }
}
