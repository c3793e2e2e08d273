extension PromptTemplate {
    /// The zero-shot templates of the Qwen2.5-Math evaluation, by their names there (`PROMPT_TEMPLATES` in
    /// `evaluation/utils.py`). As there, no prompt ends in a space. Templates for worked examples and for programs as
    /// solutions are left out.
    package static let named: [PromptTemplate] = [
        PromptTemplate(
            name: "qwen25-math-cot",
            text: """
                <|im_start|>system
                \(boxed)<|im_end|>
                <|im_start|>user
                {question}<|im_end|>
                <|im_start|>assistant

                """),
        PromptTemplate(
            name: "qwen-boxed",
            text: """
                <|im_start|>system
                You are a helpful assistant.<|im_end|>
                <|im_start|>user
                {question}
                \(boxed)<|im_end|>
                <|im_start|>assistant

                """),
        PromptTemplate(name: "direct", text: "Question: {question}\nAnswer:"),
        PromptTemplate(name: "cot", text: "Question: {question}\nAnswer:"),
        PromptTemplate(name: "deepseek-math", text: "User: {question}\n\(boxed)\n\nAssistant:"),
        PromptTemplate(name: "mathstral", text: "{question}\n\(boxed)"),
        PromptTemplate(name: "mistral", text: "[INST] {question}[/INST]"),
        PromptTemplate(
            name: "internlm-math-chat", text: "<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n"),
        PromptTemplate(name: "numina", text: "### Problem: {question}\n### Solution:"),
        PromptTemplate(
            name: "wizard_zs",
            text: "### Instruction:\n{question}\n\n### Response: Let's think step by step."),
        PromptTemplate(name: "abel", text: "Question:\n{question}\nAnswer:\nLet's think step by step.\n"),
        PromptTemplate(name: "jiuzhang", text: "## Question\n{question}\n\n## Solution\n"),
        PromptTemplate(name: "jiuzhang_nl", text: "## Question\n{question}\n\n## Natural Language Solution\n"),
        PromptTemplate(
            name: "mmiqc",
            text:
                "Please solve the following problem and put your answer at the end with \(answerIs).\n\n{question}\n\n"),
        PromptTemplate(
            name: "kpmath",
            text:
                "User: Please reason step by step and put your final answer at the end with \(answerIs).\n\n{question}\n\nAssistant:"
        ),
        PromptTemplate(name: "shepherd", text: "{question}\n"),
    ]

    private static let boxed = #"Please reason step by step, and put your final answer within \boxed{}."#
    private static let answerIs = #""The answer is: ""#
}
