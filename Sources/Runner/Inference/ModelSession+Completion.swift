import ModelLifecycle

extension ModelSession {
    /// The text of a completion, and the piece of it that each token stands for. Special tokens have empty pieces, and so has the
    /// token that ended the sequence: if it is not special, the completion has its text, which the response must not contain.
    ///
    /// - Parameter keepsSpecialTokens: see ``CompletionRequest/keepsSpecialTokens``. The text then has the end token's too.
    /// - Throws: ``MalformedResponse`` if the text does not match the tokens, or they do not end as the engine reports.
    func written(
        _ completion: Completion, keepsSpecialTokens: Bool = false
    ) async throws -> (text: String, pieces: [String]) {
        do {
            return try await fitting(completion, keepsSpecialTokens: keepsSpecialTokens)
        } catch let error as MalformedResponse {
            let ids = completion.tokenIDs
            guard try await reader.corrects(pieces(of: ids), of: ids, from: client) else { throw error }
            return try await fitting(completion, keepsSpecialTokens: keepsSpecialTokens)
        }
    }

    private func fitting(
        _ completion: Completion, keepsSpecialTokens: Bool
    ) async throws -> (text: String, pieces: [String]) {
        let (text, ids) = (completion.text, completion.tokenIDs)
        let written = try await pieces(of: ids)
        var pieces = written
        let end = pieces.last ?? ""
        for (place, piece) in pieces.enumerated() where TokenText.isSpecial(piece) && !text.contains(piece) {
            pieces[place] = ""
        }
        switch completion.finish {
        case .eos, .endToken:
            pieces[pieces.count - 1] = ""
            // Half a character ends no sequence.
            let mayEnd = !end.unicodeScalars.contains("\u{fffd}")
            if mayEnd, try await stand(ids.dropLast(), written.dropLast(), for: text) { return (text, pieces) }
            if keepsSpecialTokens || completion.finish == .endToken,
                text.utf8.suffix(end.utf8.count).elementsEqual(end.utf8)
            {
                let rest = String(decoding: text.utf8.dropLast(end.utf8.count), as: UTF8.self)
                if try await stand(ids.dropLast(), written.dropLast(), for: rest) { return (rest, pieces) }
            }
        case .stop(let stop):
            if try await stand(ids[...], written[...], for: text, isCut: true) {
                return (text, Self.cut(pieces, after: stop))
            }
        case .length: if try await stand(ids[...], written[...], for: text) { return (text, pieces) }
        case .stopped: break
        case .other(let reason): throw MalformedResponse(description: "the engine ended a completion with '\(reason)'")
        }
        throw MalformedResponse(
            description: "the text and the tokens of a completion do not agree: \(text.debugDescription)")
    }

    /// Pieces up to the end of a stop string. The token that completes it may contain more text, and others may follow.
    private static func cut(_ pieces: [String], after stop: String) -> [String] {
        var written: [UInt8] = []
        for (place, piece) in pieces.enumerated() {
            for (index, byte) in piece.utf8.enumerated() {
                written.append(byte)
                guard written.suffix(stop.utf8.count).elementsEqual(stop.utf8) else { continue }
                return pieces[..<place] + [String(decoding: piece.utf8.prefix(index + 1), as: UTF8.self)]
            }
        }
        return pieces
    }

    /// Whether these tokens can produce this text.
    private func stand(
        _ ids: ArraySlice<Int>, _ written: ArraySlice<String>, for text: String, isCut: Bool = false
    ) async throws -> Bool {
        if TokenText.isJust(written, text) { return true }
        let dropsSpaces = try await !lead().text.isEmpty
        for acrossSpecials in [false, true] {
            let pieces = try await wholePieces(of: ids, written, acrossSpecials: acrossSpecials)
            if TokenText.allows(text, for: pieces, dropsSpaces: dropsSpaces, isCut: isCut) { return true }
        }
        return false
    }

    /// Pieces of tokens: one per token, or one for several tokens that share a character.
    ///
    /// - Parameter acrossSpecials: whether special tokens in between are left out of the text, and so separate nothing.
    private func wholePieces(
        of ids: ArraySlice<Int>, _ written: ArraySlice<String>, acrossSpecials: Bool
    ) async throws -> [String] {
        var whole: [String] = []
        var halves: [Int] = []
        var specials: [String] = []
        func join() async throws {
            if !halves.isEmpty { whole.append(try await text(of: halves)) }
            whole += specials
            (halves, specials) = ([], [])
        }
        for (id, piece) in zip(ids, written) {
            if piece.unicodeScalars.contains("\u{fffd}") {
                halves.append(id)
            } else if piece.isEmpty {
                continue
            } else if acrossSpecials, !halves.isEmpty, TokenText.isSpecial(piece) {
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
