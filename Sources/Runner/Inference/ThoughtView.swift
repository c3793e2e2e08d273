import Decoding
import JobSpecs

extension PRMScorer {
    /// Requests the rewards of steps that may contain thoughts.
    ///
    /// A PRM that does not see thoughts gets a solution without them; a judge, which gets the solution in a conversation, gets words
    /// for their marks, because chat templates drop what they recognise as thoughts of an earlier turn.
    ///
    /// - Parameter thoughts: nil if nothing is known of them.
    func ask(
        _ wanted: Scoring, about problem: ProblemPrompt, thoughts: Thoughts?, of session: ModelSession
    ) async throws -> Scored {
        guard let thoughts else { return try await ask(wanted, about: problem, of: session) }
        guard thoughts.areHidden else {
            let shown = showsConversation ? wanted.withWords(for: thoughts) : wanted
            return try await ask(shown, about: problem, of: session)
        }
        let (scoring, places) = wanted.withoutThoughts(thoughts)
        var scored = try await ask(scoring, about: problem.without(thoughts), of: session)
        scored.overlong = scored.overlong.map { places[$0] }
        return scored
    }
}

extension ProblemPrompt {
    /// The same without the begin of thoughts at its end.
    fileprivate func without(_ thoughts: Thoughts) -> ProblemPrompt {
        guard thoughts.areOpen, case .text(let text) = form, let begin = text.ranges(of: thoughts.begin).last else {
            return self
        }
        var prompt = self
        prompt.form = .text(String(text[..<begin.lowerBound]))
        return prompt
    }
}

extension Scoring {
    /// The same with words in place of the marks.
    fileprivate func withWords(for thoughts: Thoughts) -> Scoring {
        var scoring = self
        scoring.steps = steps.map {
            $0.replacing(thoughts.begin, with: "(The thoughts begin.)").replacing(
                thoughts.end, with: "(The thoughts end.)")
        }
        return scoring
    }
}

extension ModelSession {
    /// Checks once that a model's chat template begins the thoughts in the prompt if the job says so, and only then: read
    /// wrongly, thoughts would be taken for answers, or answers for thoughts.
    ///
    /// - Throws: ``PermanentFailure`` if it is not so.
    func check(_ thoughts: Thoughts, after prompt: ProblemPrompt) async throws {
        guard case .chat = prompt.form, !reader.isChecked else { return }
        let turn = try await text(of: tokens(of: prompt).suffix(Self.endOfTurn)).trimmedEnd
        // A message may be about the marks, so only the very end counts.
        let isOpen = turn.hasSuffix(thoughts.begin)
        guard isOpen == thoughts.areOpen else {
            throw PermanentFailure(
                reason: isOpen
                    ? "the chat template ends with '\(thoughts.begin)', but the job expects the response to begin with it; "
                        + "set thinking: { starts: prompt }"
                    : "the job expects prompts that end with '\(thoughts.begin)', but the chat template ends with "
                        + "\(turn.debugDescription); set thinking: { starts: response }")
        }
        reader.setChecked()
    }

    /// Tokens at the end of a prompt that have a mark and the blanks after it, even if each letter is a token.
    private static let endOfTurn = 32
}

extension String {
    fileprivate var trimmedEnd: String { String(reversed().drop(while: \.isWhitespace).reversed()) }
}
