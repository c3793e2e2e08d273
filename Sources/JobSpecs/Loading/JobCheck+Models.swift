import Checkpoints
import Decoding
import Foundation
import Support

extension JobCheck {
    /// Checks models; one that no method needs may be missing.
    mutating func checkModels() {
        let needed = written.neededModels
        for role in Role.named {
            guard let model = written.models[role] else { continue }
            let places = places(of: model.value, isNeeded: needed.contains(role) || needed.isEmpty)
            do throws(ModelFilesError) {
                var files = try written.files(of: model.value, places)
                if let count = model.value.parameters { files.size = .given(count, for: role) }
                if needed.contains(role) {
                    models[role] = files
                    checkChatTemplate(of: role, files)
                    try model.value.checkProfile(with: files)
                    try written.checkNeeds(of: role, files)
                    if let fault = files.size.fault(of: role) { log.warning(at: model.mark, fault) }
                }
            } catch {
                var message = error.description
                if error.lacksFiles, let hub = model.value.hub {
                    message += places.remedy("fetches files of \(hub.name) that are missing")
                }
                if needed.contains(role) || written.methods.isEmpty {
                    log.error(at: model.mark, message)
                } else {
                    log.warning(at: model.mark, "\(message) (no method needs it)")
                }
            }
        }
    }

    private func places(of model: ModelSpec, isNeeded: Bool) -> HubModel.Places {
        HubModel.Places(
            directory: model.hub.flatMap { $0.isFolder ? nil : shown(plainPath(directory + "/" + $0.name)) },
            fetch: isNeeded ? fetch : nil, run: written.pins?.spec)
    }

    private mutating func checkChatTemplate(of role: Role, _ files: ModelFiles) {
        guard case .chat = prompt, let model = written.models[role], let engine = written.engine else { return }
        let arguments = engine.args(for: model.value)
        let flags = arguments.map(\.flag)
        if engine.residency != .attach {
            for argument in arguments where argument.flag == "chat-template" { checkTemplateFile(argument.value ?? "") }
        }
        guard let template = files.chatTemplate else {
            // A server that others run may have one, and a PRM does not need one.
            guard role != .prm, engine.kind.rendersChat, engine.residency != .attach, !flags.contains("chat-template")
            else { return }
            return log.error(
                at: model.mark,
                "\(model.value.title) has no chat template, neither in chat_template.jinja nor in tokenizer_config.json; "
                    + "for 'prompt: chat', set one with args: { chat-template: FILE }, or use another prompt"
            )
        }
        if template.unicodeScalars.first == "\u{FEFF}", !flags.contains("chat-template") {
            log.error(at: model.mark, "the chat template in \(model.value.title) \(Self.markInTemplate)")
        }
        if template.contains("strftime_now"), flags.allSatisfy({ !EngineArgument.chatFlags.contains($0) }) {
            log.warning(
                at: model.mark,
                "the chat template in \(model.value.title) can insert today's date, which would change the prompts of a run "
                    + "resumed on another day; fix the date with args: { default-chat-template-kwargs: … }")
        }
    }

    private static let markInTemplate =
        "begins with a byte order mark, which would be in every prompt; save it as UTF-8 without one"

    /// Checks a chat template's file. vLLM reads it as Python reads text, so other line breaks do no harm, but a byte order mark does.
    private mutating func checkTemplateFile(_ path: String) {
        // Otherwise it is the template's text, or the name of one of vLLM's.
        guard let data = try? TextFile.contents(of: path) else { return }
        do throws(Diagnostic) {
            let file = try TextFile(file: shown(path), data)
            if file.bytes.count != data.count {
                throw Diagnostic(file: file.file, message: "the chat template \(Self.markInTemplate)")
            }
            _ = try file.text()
        } catch {
            if !fileDiagnostics.contains(error) { fileDiagnostics.append(error) }
        }
    }
}
