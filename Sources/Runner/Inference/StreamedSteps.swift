import Decoding
import JobSpecs
import ModelLifecycle

/// The steps of a solution, while they are written.
struct StreamedSteps {
    let generator: Generator
    let wanted: Generation
    let prompt: ProblemPrompt
    /// Token ids that the model was shown.
    let shown: [Int]
    let session: ModelSession

    private var text = ""
    private var ids: [Int] = []
    private var steps: [StepText] = []
    private var seam: Int?

    init(
        _ wanted: Generation, of prompt: ProblemPrompt, shown: [Int], by generator: Generator,
        from session: ModelSession
    ) {
        self.generator = generator
        self.wanted = wanted
        self.prompt = prompt
        self.shown = shown
        self.session = session
    }

    /// Adds text and tokens.
    ///
    /// - Returns: all whole steps so far, if there are more than before; nil otherwise.
    mutating func take(_ part: CompletionPart) async throws -> Generated? {
        if part.isFirst { (text, ids, steps, seam) = ("", [], [], nil) }
        text += part.text
        ids += part.tokenIDs
        let texts = session.splitter.split(text).prefix { session.splitter.endsWithDelimiter($0) }
        guard texts.count > steps.count else { return nil }
        let cut = session.splitter.cut(pieces: try await session.pieces(of: ids))
        let count = min(texts.count, cut.counts.count - 1)
        guard count > steps.count else { return nil }
        var length = steps.reduce(0) { $0 + $1.tokens }
        for place in steps.count..<count {
            steps.append(StepText(text: texts[place], tokens: cut.counts[place]))
            length += cut.counts[place]
            if seam == nil, try await !isContinued(after: length, isWhole: place < cut.whole) { seam = place + 1 }
        }
        return soFar
    }

    /// All whole steps so far; nil without any.
    var soFar: Generated? {
        guard !steps.isEmpty else { return nil }
        return Generated(
            role: wanted.role, steps: steps, end: .delimiter, promptTokens: shown.count, seam: seam,
            beyond: ids.count - steps.reduce(0) { $0 + $1.tokens })
    }

    /// Whether step-at-a-time would show the model the same tokens after the steps so far.
    private func isContinued(after length: Int, isWhole: Bool) async throws -> Bool {
        guard isWhole else { return false }
        let texts = wanted.steps + steps.map(\.text)
        return try await generator.shows(shown + ids[..<length], for: texts, of: prompt, session)
    }
}
