@testable import JobSpecs
import Testing

/// How the chat templates of models that think open a turn.
@Suite("The end of a chat template") struct GenerationPromptTests {
    struct Template: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// As in the model's tokenizer_config.json, from where the turn is opened.
        var end: String
        /// What it opens a turn with: without settings, and with thinking turned off and on.
        var usual, off, on: String?
    }

    static let templates = [
        Template(
            testDescription: "Qwen3",
            end: """
                {%- if add_generation_prompt %}
                    {{- '<|im_start|>assistant\\n' }}
                    {%- if enable_thinking is defined and enable_thinking is false %}
                        {{- '<think>\\n\\n</think>\\n\\n' }}
                    {%- endif %}
                {%- endif %}
                """,
            usual: "<|im_start|>assistant\n", off: "<|im_start|>assistant\n<think>\n\n</think>\n\n",
            on: "<|im_start|>assistant\n"),
        Template(
            testDescription: "QwQ-32B and Qwen3-30B-A3B-Thinking-2507",
            end: #"{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n<think>\n' }}{%- endif %}"#,
            usual: "<|im_start|>assistant\n<think>\n", off: "<|im_start|>assistant\n<think>\n",
            on: "<|im_start|>assistant\n<think>\n"),
        Template(
            testDescription: "DeepSeek-R1-Distill",
            end: #"{% if add_generation_prompt and not ns.is_tool %}{{'<｜Assistant｜><think>\n'}}{% endif %}"#,
            usual: "<｜Assistant｜><think>\n", off: "<｜Assistant｜><think>\n", on: "<｜Assistant｜><think>\n"),
        Template(
            testDescription: "DeepSeek-V3.1",
            end:
                "{%- if add_generation_prompt and ns.is_last_user and not ns.is_tool %}{{'<｜Assistant｜>'}}{%- if not thinking %}{{'</think>'}}{%- else %}{{'<think>'}}{%- endif %}{% endif %}",
            usual: "", off: "", on: ""),
        Template(
            testDescription: "Qwen3.5",
            end: """
                {%- if add_generation_prompt %}
                    {{- '<|im_start|>assistant\\n' }}
                    {%- if enable_thinking is defined and enable_thinking is false %}
                        {{- '<think>\\n\\n</think>\\n\\n' }}
                    {%- else %}
                        {{- '<think>\\n' }}
                    {%- endif %}
                {%- endif %}
                """,
            usual: "<|im_start|>assistant\n<think>\n", off: "<|im_start|>assistant\n<think>\n\n</think>\n\n",
            on: "<|im_start|>assistant\n<think>\n"),
        Template(
            testDescription: "GLM-4.5",
            end: """
                {%- if add_generation_prompt -%}
                    <|assistant|>{{- '\\n<think></think>' if (enable_thinking is defined and not enable_thinking) else '' -}}
                {%- endif -%}
                """,
            usual: "<|assistant|>", off: "<|assistant|>\n<think></think>", on: "<|assistant|>"),
        Template(
            testDescription: "EXAONE-Deep",
            end: #"{% if add_generation_prompt %}{{ '[|assistant|]<thought>\n' }}{% endif %}"#,
            usual: "[|assistant|]<thought>\n", off: "[|assistant|]<thought>\n", on: "[|assistant|]<thought>\n"),
        Template(
            testDescription: "a comment, elif and an else",
            end:
                "{%- if not add_generation_prompt is defined %}{# never #}no{% elif enable_thinking == true or (thinking is not none and thinking) %}on{%- else -%} off {%- endif %}",
            usual: "off", off: "off", on: "on"),
        Template(
            testDescription: "a switch that is compared with a word",
            end: "{% if add_generation_prompt and mode == 'think' %}{{ '<think>' }}{% endif %}",
            usual: "", off: "", on: ""),
        Template(
            testDescription: "a loop, which is not understood",
            end: "{% if add_generation_prompt %}{% for x in y %}{{ '<think>' }}{% endfor %}{% endif %}",
            usual: nil, off: nil, on: nil),
        Template(testDescription: "none", end: "{{ messages }}", usual: nil, off: nil, on: nil),
    ]

    @Test("it is rendered as the template engine does", arguments: templates)
    func rendered(template: Template) {
        let whole =
            "{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}"
            + "{%- for m in messages %}{{ m.content.split('</think>')[-1] }}{%- endfor %}"
        func end(_ settings: [String: Bool]) -> String? {
            GenerationPrompt.rendered(
                template.end.contains("add") ? whole + template.end : template.end, settings: settings)
        }
        #expect(end([:]) == template.usual)
        #expect(end(JobSpec.thinkingOff) == template.off)
        #expect(end(JobSpec.thinkingOff.mapValues { _ in true }) == template.on)
    }
}
