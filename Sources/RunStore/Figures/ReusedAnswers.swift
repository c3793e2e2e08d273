/// Counts the responses that a journal has from other runs.
struct ReusedAnswers {
    private var sources: [Int: AnswerSource] = [:]
    private var requests: [Int: Set<String>] = [:]

    mutating func add(_ source: AnswerSource) { sources[source.number] = source }

    /// - Parameter origin: of a response.
    /// - Returns: whether it is from another run, and no earlier response is the same.
    mutating func counts(_ origin: AnswerOrigin) -> Bool {
        guard let source = origin.source, let request = origin.request else { return false }
        return requests[source, default: []].insert(request.digest).inserted
    }

    /// In the order of the sources.
    var reused: [RunFigures.Reused] {
        requests.sorted { $0.key < $1.key }.map { number, requests in
            let source = sources[number]
            return RunFigures.Reused(
                run: source?.directory ?? "?", engine: source?.engine ?? "?", answers: requests.count)
        }
    }
}

extension RunFigures.Requests {
    /// Adds the responses that one more part of the run has from other runs.
    mutating func add(_ more: [RunFigures.Reused]) {
        for entry in more {
            var all = reused ?? []
            if let index = all.firstIndex(where: { $0.run == entry.run && $0.engine == entry.engine }) {
                all[index].answers += entry.answers
            } else {
                all.append(entry)
            }
            reused = all
        }
    }
}
