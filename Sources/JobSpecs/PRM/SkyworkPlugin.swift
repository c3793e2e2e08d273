import ModelLifecycle

extension EnginePlugin {
    /// Adds the architecture `Qwen2ForPrmModel` to vLLM: files of an installed package, which vLLM finds by its entry
    /// point.
    package static let skywork = EnginePlugin(
        name: "rsd_batch_skywork",
        files: [
            "rsd_batch_skywork/__init__.py": skyworkRegistration,
            "rsd_batch_skywork/model.py": skyworkModel,
            "rsd_batch_skywork-1.0.dist-info/METADATA":
                "Metadata-Version: 2.1\nName: rsd_batch_skywork\nVersion: 1.0\n",
            "rsd_batch_skywork-1.0.dist-info/entry_points.txt":
                "[vllm.general_plugins]\nrsd_batch_skywork = rsd_batch_skywork:register\n",
        ], base: "model_executor/models/qwen2_rm.py")

    private static let skyworkRegistration = """
        \"""Skywork-o1-Open-PRM for vLLM.\"""

        def register():
            from vllm import ModelRegistry

            if "Qwen2ForPrmModel" not in ModelRegistry.get_supported_archs():
                ModelRegistry.register_model("Qwen2ForPrmModel", "rsd_batch_skywork.model:Qwen2ForPrmModel")

        """

    /// vLLM's Qwen2 reward model has the same body and the same pooling (all tokens, one sigmoid each), and also skips
    /// the weights of a language model head; only its own head differs.
    private static let skyworkModel = """
        from torch import nn
        from vllm.model_executor.models.qwen2_rm import Qwen2ForRewardModel

        class ValueHead(nn.Module):
            def __init__(self, hidden_size, dtype):
                super().__init__()
                self.summary = nn.Linear(hidden_size, 1, dtype=dtype)

            def forward(self, hidden_states):
                return self.summary(hidden_states.to(self.summary.weight.dtype))

        class Qwen2ForPrmModel(Qwen2ForRewardModel):
            def __init__(self, *, vllm_config, prefix=""):
                super().__init__(vllm_config=vllm_config, prefix=prefix)
                del self.score
                self.v_head = ValueHead(self.config.hidden_size, self.head_dtype)

            def forward(self, input_ids, positions, intermediate_tensors=None, inputs_embeds=None):
                return self.v_head(self.model(input_ids, positions, intermediate_tensors, inputs_embeds))

        """
}
