/// Separates the response proper from the reasoning before it.
///
/// The answer is in the text after the last end of reasoning: many chat templates open the reasoning in the prompt, so
/// that only its end is in the response. A response whose reasoning is still open has no answer.
enum FinalText {
    /// - Returns: nil if the response ends within its reasoning.
    static func find(in text: ResponseText) -> ResponseText? {
        let scalars = text.scalars
        var (opened, closed) = ([Int?](repeating: nil, count: tags.count), [Int?](repeating: nil, count: tags.count))
        var index = 0
        while index < scalars.count {
            defer { index += 1 }
            guard Self.starts.contains(scalars[index]) else { continue }
            for (number, tag) in tags.enumerated() {
                if scalars.has(tag.open, at: index) { opened[number] = index }
                if scalars.has(tag.close, at: index) { closed[number] = index + tag.close.count }
            }
        }
        if scalars.startsHarmonyWithoutTokens {
            opened.append(0)
            closed.append(scalars.lastEnd(of: "assistantfinal".scalars))
        }
        for (open, close) in zip(opened, closed) {
            if let open, open >= close ?? 0 { return nil }
        }
        let start = closed.compactMap(\.self).max() ?? 0
        return ResponseText(Array(scalars[start..<end(of: scalars, from: start)]))
    }

    // MARK: Tags

    private static let tags: [(open: [Unicode.Scalar], close: [Unicode.Scalar])] =
        ["think", "thinking", "thought", "reasoning", "reflection", "scratchpad", "seed:think"].map {
            ("<\($0)>".scalars, "</\($0)>".scalars)
        }
        + [
            ("[think]", "[/think]"), ("◁think▷", "◁/think▷"), ("<|begin_of_thought|>", "<|end_of_thought|>"),
            ("<|start_thinking|>", "<|end_thinking|>"), ("<|channel|>analysis", "<|channel|>final<|message|>"),
        ].map { ($0.0.scalars, $0.1.scalars) }

    private static let starts = ScalarSigns(tags.flatMap { [$0.open[0], $0.close[0]] })

    // MARK: The end

    /// Text after an end-of-turn token does not count.
    private static func end(of scalars: [Unicode.Scalar], from start: Int) -> Int {
        for index in start..<scalars.count where scalars[index] == "<" {
            if ends.contains(where: { scalars.has($0, at: index) }) { return index }
        }
        return scalars.count
    }

    private static let ends = [
        "<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|end_of_text|>", "<|end_of_solution|>", "<|return|>", "<|end|>",
        "<end_of_turn>", "<|end▁of▁sentence|>", "</s>", "<eos>",
    ].map(\.scalars)
}

extension [Unicode.Scalar] {
    /// Whether these are gpt-oss's channels without their tokens, which the server left out:
    /// `analysis…assistantfinal…`.
    fileprivate var startsHarmonyWithoutTokens: Bool {
        let word = "analysis".scalars
        return count > word.count && starts(with: word) && self[word.count].isCapital
    }
}
