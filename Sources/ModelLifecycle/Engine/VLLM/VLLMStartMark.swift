extension StartMark {
    /// Reads a log line, the same on CPUs and GPUs: `Starting to load model` and `Model loading took`
    /// (`gpu_model_runner.py`), `Loading weights took` (`default_loader.py`), `init engine (…) took` (`core.py`), which
    /// includes compiling and capturing graphs.
    init?(vllm line: Substring) {
        // A plain search first: few lines match, and patterns are slow.
        if line.contains("Starting to load model") {
            self = .loadBegan
        } else if line.contains(" took ") {
            func seconds(_ text: Substring) -> Double? { Double(text) }
            if let found = line.firstMatch(of: /Loading weights took ([\d.]+) s/), let time = seconds(found.1) {
                self = .weightsRead(seconds: time)
            } else if let found = line.firstMatch(of: /Model loading took .*?([\d.]+) s/), let time = seconds(found.1) {
                self = .loaded(seconds: time)
            } else if let found = line.firstMatch(of: /init engine .*? took ([\d.]+) s/), let time = seconds(found.1) {
                self = .warmedUp(seconds: time)
            } else {
                return nil
            }
        } else {
            return nil
        }
    }
}
