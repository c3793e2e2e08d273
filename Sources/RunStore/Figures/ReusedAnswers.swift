/// Counts the responses that a journal has from other runs.
struct ReusedAnswers {
    private var sources: [Int: AnswerSource] = [:]
    private var requests: [Int: Set<String>] = [:]

    /// - Returns: whether the record is a response of another run that no earlier record has.
    mutating func counts(_ record: JournalRecord) -> Bool {
        switch record {
        case .source(let source):
            sources[source.number] = source
            return false
        case .event(_, let event, let origin):
            guard event.isAnswer, let source = origin.source, let request = origin.request else { return false }
            return requests[source, default: []].insert(request.digest).inserted
        default: return false
        }
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
