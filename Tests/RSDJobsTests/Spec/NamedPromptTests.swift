@testable import JobSpecs
import Testing

@Suite("Named prompts")
struct NamedPromptTests {
    /// What `construct_prompt` of the Qwen2.5-Math evaluation makes of the question with no examples, recorded from it.
    private static let golden = [
        "abel": #"Question:\#nWhat is $1+1$?\#nAnswer:\#nLet's think step by step.\#n"#,
        "cot": #"Question: What is $1+1$?\#nAnswer:"#,
        "deepseek-math":
            #"User: What is $1+1$?\#nPlease reason step by step, and put your final answer within \boxed{}.\#n\#nAssistant:"#,
        "direct": #"Question: What is $1+1$?\#nAnswer:"#,
        "internlm-math-chat": #"<|im_start|>user\#nWhat is $1+1$?<|im_end|>\#n<|im_start|>assistant\#n"#,
        "jiuzhang": #"## Question\#nWhat is $1+1$?\#n\#n## Solution\#n"#,
        "jiuzhang_nl": #"## Question\#nWhat is $1+1$?\#n\#n## Natural Language Solution\#n"#,
        "kpmath":
            #"User: Please reason step by step and put your final answer at the end with "The answer is: ".\#n\#nWhat is $1+1$?\#n\#nAssistant:"#,
        "mathstral": #"What is $1+1$?\#nPlease reason step by step, and put your final answer within \boxed{}."#,
        "mistral": #"[INST] What is $1+1$?[/INST]"#,
        "mmiqc":
            #"Please solve the following problem and put your answer at the end with "The answer is: ".\#n\#nWhat is $1+1$?\#n\#n"#,
        "numina": #"### Problem: What is $1+1$?\#n### Solution:"#,
        "qwen-boxed":
            #"<|im_start|>system\#nYou are a helpful assistant.<|im_end|>\#n<|im_start|>user\#nWhat is $1+1$?\#nPlease reason step by step, and put your final answer within \boxed{}.<|im_end|>\#n<|im_start|>assistant\#n"#,
        "qwen25-math-cot":
            #"<|im_start|>system\#nPlease reason step by step, and put your final answer within \boxed{}.<|im_end|>\#n<|im_start|>user\#nWhat is $1+1$?<|im_end|>\#n<|im_start|>assistant\#n"#,
        "shepherd": #"What is $1+1$?\#n"#,
        "wizard_zs": #"### Instruction:\#nWhat is $1+1$?\#n\#n### Response: Let's think step by step."#,
    ]

    @Test("named prompts are those of the Qwen2.5-Math evaluation, letter by letter")
    func texts() {
        let made = PromptTemplate.named.map { ($0.name, $0.render("What is $1+1$?")) }
        #expect(Dictionary(made) { first, _ in first } == Self.golden)
        #expect(made.count == Self.golden.count)
    }

    @Test("a spec names one in a word, and keeps its text for later")
    func inASpec() throws {
        let fixture = try SpecFixture()
        for template in PromptTemplate.named {
            #expect(PromptTemplate.fault(in: template.text) == nil, "\(template.name)")
            try fixture.writeJob((#""{question}\n\n""#, template.name))
            let spec = try fixture.load().spec
            #expect(spec.prompt == .template(template))
            try fixture.write(spec.renderYAML(), to: "job.yaml")
            #expect(try fixture.load().spec == spec, "\(template.name)")
        }
    }
}
