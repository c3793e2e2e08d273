import ModelLifecycle

extension ModelSession {
    /// The text of a completion, and what each of its tokens stands for in it. That is nothing for special tokens, and for the
    /// one that ended the sequence: where it is not special the text has it, and the answer must not.
    ///
    /// - Throws: ``Nonsense`` where the text is not what the tokens stand for, or they do not end as the engine says.
    func written(_ completion: Completion) async throws -> (text: String, pieces: [String]) {
        let text = completion.text
        var pieces = try await pieces(of: completion.tokenIDs)
        let end = pieces.last ?? ""
        for (place, piece) in pieces.enumerated() where WrittenText.isSpecial(piece) { pieces[place] = "" }
        switch completion.finish {
        case .eos, .endToken:
            pieces[pieces.count - 1] = ""
            let written = try await writtenText(completion.tokenIDs.dropLast())
            // Half a character ends no sequence.
            if written.allows(text), !end.unicodeScalars.contains("\u{fffd}") { return (text, pieces) }
            if case .endToken = completion.finish, text.utf8.suffix(end.utf8.count).elementsEqual(end.utf8) {
                let rest = String(decoding: text.utf8.dropLast(end.utf8.count), as: UTF8.self)
                if written.allows(rest) { return (rest, pieces) }
            }
        case .stop: if try await writtenText(completion.tokenIDs[...]).allows(text, isCut: true) { return (text, pieces) }
        case .length: if try await writtenText(completion.tokenIDs[...]).allows(text) { return (text, pieces) }
        case .other(let reason): throw Nonsense(description: "the engine ended a completion with '\(reason)'")
        }
        throw Nonsense(
            description: "the text and the tokens of a completion do not agree: \(text.debugDescription)")
    }

    private func writtenText(_ ids: ArraySlice<Int>) async throws -> WrittenText {
        let dropsSpaces = try await !lead().text.isEmpty
        return WrittenText(try await wholePieces(of: ids), dropsSpaces: dropsSpaces)
    }

    /// What tokens stand for: each by itself, or those together that share a character.
    private func wholePieces(of ids: ArraySlice<Int>) async throws -> [String] {
        var whole: [String] = []
        var halves: [Int] = []
        var specials: [String] = []
        func join() async throws {
            if !halves.isEmpty { whole.append(try await pieces.text(of: halves, from: client)) }
            whole += specials
            (halves, specials) = ([], [])
        }
        for (id, piece) in zip(ids, try await pieces(of: ids)) {
            if piece.unicodeScalars.contains("\u{fffd}") {
                halves.append(id)
            } else if !halves.isEmpty, WrittenText.isSpecial(piece) {
                // Left out of the text, it does not part what is before from what is after it.
                specials.append(piece)
            } else {
                try await join()
                whole.append(piece)
            }
        }
        try await join()
        return whole
    }
}
