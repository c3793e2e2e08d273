extension RecordReader {
    /// Chinese school exams; multiple-choice questions contain their choices.
    static let exams: [RecordReader] =
        ["cmath", "gaokao2024_I", "gaokao2024_II"].map { name in
            RecordReader(name, question: Record.plainQuestion) { record, _ in try record.textOrNumber("answer") }
        }
        + ["cn_middle_school", "gaokao2024_mix"].map { name in
            RecordReader(name, question: Record.plainQuestion) { record, _ in
                let choice = try record.text("choice_answer")
                return choice.isEmpty ? try record.textOrNumber("answer") : choice
            }
        }
        + [
            RecordReader("gaokao_math_cloze", question: Record.plainQuestion) { record, _ in
                try record.text("answer").withoutDollars
            }
        ]
}
