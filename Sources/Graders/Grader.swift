import Support

/// Judges answers.
package protocol Grader: Sendable {
    /// Looks whether it can work here.
    ///
    /// - Returns: what the report calls it, with its version.
    /// - Throws: ``GraderUnavailable``.
    func prepare() async throws -> String

    /// Judges answers, in order; none of them is empty.
    ///
    /// - Throws: ``GraderUnavailable`` where none could be judged; `CancellationError`. What goes wrong with one answer is its
    ///   ``Grade/Verdict/error``.
    func grade(_ pairs: [GradingPair]) async throws -> [Grade]
}

/// A response, and what it should have come to.
package struct GradingPair: Sendable, Equatable {
    /// Unique in the run.
    package var id: String
    package var dataset: String
    package var question: String
    /// The whole response; empty where only an answer was given.
    package var text: String
    /// What ``AnswerExtraction`` found in it.
    package var answer: String?
    /// Whether a limit ended the response. Its last number is no answer then.
    package var isCut: Bool
    package var gold: String
    /// The texts of a multiple choice, if it is one, in the order of the letters.
    package var choices: [String]

    package init(
        id: String, dataset: String, question: String, text: String, answer: String?, isCut: Bool = false, gold: String,
        choices: [String] = []
    ) {
        self.id = id
        self.dataset = dataset
        self.question = question
        self.text = text
        self.answer = answer
        self.isCut = isCut
        self.gold = gold
        self.choices = choices
    }
}

extension GradingPair {
    /// Whether there is nothing to be judged.
    package var isBlank: Bool {
        let answer = self.answer?.allSatisfy(\.isWhitespace)
        return answer ?? text.allSatisfy(\.isWhitespace)
    }
}

extension Grader {
    /// Judges answers, in order. Where the grader cannot go on, each has the verdict ``Grade/Verdict/error`` and the reason;
    /// blank ones are ``Grade/Verdict/empty`` and never put before it.
    package func gradeAll(_ pairs: [GradingPair]) async throws -> [Grade] {
        let asked = pairs.filter { !$0.isBlank }
        var judged: ArraySlice<Grade>
        do {
            judged = try await grade(asked)[...]
        } catch let error as GraderUnavailable {
            judged = asked.map { _ in Grade(.error, reason: error.description) }[...]
        }
        return pairs.map { $0.isBlank ? Grade(.empty) : judged.removeFirst() }
    }
}

/// What a grader says of a response.
package struct Grade: Sendable, Equatable {
    package enum Verdict: String, Sendable, Codable, CaseIterable {
        case right, wrong
        /// There is no answer. Counts as wrong.
        case empty
        /// The grader took too long. Counts as wrong, and is listed.
        case timeout
        /// The grader could not judge it. Counts as wrong, and is listed.
        case error
    }

    /// Why an answer is wrong that ``ExactGrader`` knows too little algebra to judge.
    package static let notDecided = "not decided, counted as wrong"

    package var verdict: Verdict
    package var reason: String?
    /// The answer that the grader went by, where it found one itself.
    package var answer: String?

    package init(_ verdict: Verdict, reason: String? = nil, answer: String? = nil) {
        self.verdict = verdict
        self.reason = reason
        self.answer = answer
    }
}

/// A grader that cannot work on this machine, or could not go on.
package struct GraderUnavailable: ProgramError, Equatable {
    package var description: String
    package var explanation: Explanation { Explanation("grader-unavailable", .badJob, description, remedy: nil) }

    package init(_ description: String) {
        self.description = description
    }
}
