/// How an engine spreads a model over GPUs, as vLLM's flags say.
package struct ModelSpread: Sendable, Equatable {
    /// GPUs between which each layer is divided.
    package var tensor: Int
    /// Stages, each with a part of the layers.
    package var pipeline: Int
    /// Copies of the model that share the requests.
    package var data: Int

    package static let one = ModelSpread(tensor: 1, pipeline: 1, data: 1)

    package init(tensor: Int, pipeline: Int, data: Int) {
        self.tensor = max(1, tensor)
        self.pipeline = max(1, pipeline)
        self.data = max(1, data)
    }

    /// Number of GPUs.
    package var gpus: Int { tensor.times(pipeline).times(data) }

    /// The layers of the largest stage, and of the model.
    func layers(of count: Int?) -> (part: Int, whole: Int) {
        guard let count, count > 0 else { return (1, pipeline) }
        return ((count + pipeline - 1) / pipeline, count)
    }
}
