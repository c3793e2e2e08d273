import Answers
import Support

extension SampledProblem {
    /// The problems of a method on a data set.
    ///
    /// - Parameter lines: its results, in any order.
    static func all(in lines: [ResultLine]) -> [SampledProblem] {
        lines.byProblem.parallelMap { answers in
            SampledProblem(answers.sorted { $0.sample < $1.sample }.map(Sample.init))
        }
    }
}

extension SampledProblem.Sample {
    /// What failed may have written an answer, but never ended: it does not vote.
    fileprivate init(_ line: ResultLine) {
        let answer = line.finish == .failed ? nil : line.answer
        self.init(isRight: line.correct, vote: answer.map(AnswerKey.init))
    }
}
