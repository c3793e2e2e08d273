import Support

/// Grades answers.
package protocol Grader: Sendable {
    /// Whether it judges in processes of its own: they take their time, may be interrupted, and leave logs in the run directory.
    var startsProcesses: Bool { get }

    /// Checks that the grader works here.
    ///
    /// - Returns: its name in reports, with its version.
    /// - Throws: ``GraderUnavailable``.
    func prepare() async throws -> String

    /// Grades answers, in order. None of them is empty.
    ///
    /// - Throws: ``GraderUnavailable`` if none could be graded; `CancellationError`. A failure with one answer is its
    ///   ``Grade/Verdict/error``.
    func grade(_ pairs: [GradingPair]) async throws -> [Grade]
}

/// A response and its gold answer.
package struct GradingPair: Sendable, Equatable {
    /// Unique in the run.
    package var id: String
    package var dataset: String
    package var question: String
    /// The whole response; empty if only an answer was given.
    package var text: String
    /// The answer found by ``AnswerExtraction``.
    package var answer: String?
    /// Whether a limit ended the response. Its last number then does not count as an answer.
    package var isCut: Bool
    package var gold: String
    /// The texts of a multiple-choice question, in the order of the letters; otherwise empty.
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
    /// Whether there is nothing to grade.
    package var isBlank: Bool {
        let answer = self.answer?.allSatisfy(\.isWhitespace)
        return answer ?? text.allSatisfy(\.isWhitespace)
    }
}

extension Grader {
    /// Grades answers, in order. If the grader fails, each answer gets the verdict ``Grade/Verdict/error`` with the reason.
    /// Blank answers are ``Grade/Verdict/empty`` without asking it.
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

/// A grader's verdict on a response.
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

    /// The reason for an answer that counts as wrong because ``ExactGrader`` knows too little algebra.
    package static let notDecided = "not decided, counted as wrong"

    package var verdict: Verdict
    package var reason: String?
    /// The answer that the grader extracted itself, if it did.
    package var answer: String?

    package init(_ verdict: Verdict, reason: String? = nil, answer: String? = nil) {
        self.verdict = verdict
        self.reason = reason
        self.answer = answer
    }
}

/// A grader cannot work on this machine, or failed.
package struct GraderUnavailable: ProgramError, Equatable {
    package var summary: String
    package var remedy: String?
    package var explanation: Explanation { Explanation("grader-unavailable", .badJob, summary, remedy: remedy) }

    package init(_ summary: String, remedy: String? = nil) {
        (self.summary, self.remedy) = (summary, remedy)
    }
}
