extension EnginePlugin {
    /// Makes vLLM wait at a gate (see ``EngineGate``) after each of its processes has done its imports.
    static let gate = EnginePlugin(
        name: "rsd_batch_gate",
        files: [
            "rsd_batch_gate/__init__.py": String(decoding: PackageResources.gate_py, as: UTF8.self),
            "rsd_batch_gate-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: rsd_batch_gate\nVersion: 1.0\n",
            "rsd_batch_gate-1.0.dist-info/entry_points.txt":
                "[vllm.general_plugins]\nrsd_batch_gate = rsd_batch_gate:register\n",
        ])
}
