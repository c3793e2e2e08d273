import Testing

/// What is too long for every change: `make test-vllm-all` runs it with the rest, before a release and when vLLM's version moves.
///
/// Each suite is the long version of one that `make test-vllm` has, or needs many starts of an engine that is not forked.
@Suite(.onRealVLLM) enum BeforeRelease {}
