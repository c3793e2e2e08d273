import CKernels
import Foundation
import Testing

@testable import PocketEngine
import Tokenizers

@Suite("The model") struct ModelTests {
    private func model(_ fixture: Fixture) throws -> Qwen2 {
        let config = try ModelConfig(folder: fixture.folder)
        return try Qwen2(folder: fixture.folder, config: config, positions: config.maxPositions)
    }

    /// Every output of the head, position by position, when `ids` are appended in parts of these lengths.
    private func rows(_ model: Qwen2, _ ids: [Int], parts: [Int]) -> [[Float]] {
        let session = Session(model: model, capacity: ids.count)
        var rows: [[Float]] = []
        var start = 0
        for part in parts {
            session.append(ids[start..<min(start + part, ids.count)]) { count in
                for index in 0..<count { rows.append(Array(session.head(at: index))) }
            }
            start += part
        }
        return rows
    }

    private func difference(_ a: [Float], _ b: [Float]) -> Float {
        #expect(a.count == b.count)
        return zip(a, b).map { abs($0 - $1) }.max() ?? .infinity
    }

    @Test("logits agree with transformers", arguments: [Fixture.tied, .untied])
    func logits(_ fixture: Fixture) throws {
        let model = try model(fixture)
        for golden in try Golden.shared.get().causal(fixture) {
            let rows = rows(model, golden.prompt, parts: [golden.prompt.count])
            #expect(difference(rows.last ?? [], golden.lastLogits) < 2e-4)
            #expect(difference(rows.map { $0[7] }, golden.firstOfEachRow) < 2e-4)
        }
    }

    @Test("scores agree with transformers")
    func scores() throws {
        let model = try model(.prm)
        for golden in try Golden.shared.get().prm {
            let raw = rows(model, golden.prompt, parts: [golden.prompt.count]).map { $0[0] }
            #expect(difference(raw, golden.raw) < 1e-4)
            #expect(difference(raw.map { rsd_sigmoid_of($0) }, golden.scores) < 1e-5)
        }
    }

    @Test("greedy text agrees with transformers", arguments: [Fixture.tied, .untied])
    func greedy(_ fixture: Fixture) throws {
        let generator = Generator(model: try model(fixture), tokenizer: try Tokenizer(folder: fixture.folder))
        for golden in try Golden.shared.get().causal(fixture) {
            let parameters = SamplingParameters(maxTokens: 40, temperature: 0, ignoreEndOfText: true)
            let completion = try generator.complete(
                golden.prompt, parameters, choice: 0, cancellation: Cancellation()
            ) { _, _ in }
            #expect(completion.tokens == golden.greedy)
        }
    }

    /// Bit for bit: prefill, decode and every way of cutting between them.
    @Test("results do not depend on chunking", arguments: Fixture.allCases)
    func chunking(_ fixture: Fixture) throws {
        let model = try model(fixture)
        let ids = (0..<97).map { ($0 * 37 + 11) % 400 }
        let reference = rows(model, ids, parts: [97])
        for parts in [Array(repeating: 1, count: 97), [2, 95], [33, 64], [1, 1, 31, 32, 32], [50, 1, 46]] {
            let other = rows(model, ids, parts: parts)
            #expect(other.map { $0.map(\.bitPattern) } == reference.map { $0.map(\.bitPattern) }, "\(parts)")
        }
    }

    @Test("results do not depend on later tokens")
    func causal() throws {
        let model = try model(.prm)
        let ids = (0..<60).map { ($0 * 53 + 7) % 400 }
        let long = rows(model, ids, parts: [60])
        #expect(rows(model, Array(ids.prefix(21)), parts: [21]) == Array(long.prefix(21)))
    }

    @Test("results do not depend on threads or on other requests")
    func threads() async throws {
        let alone = try Fixture.tied.engine(threads: 1)
        let together = try Fixture.tied.engine(threads: 4)
        defer {
            alone.stop()
            together.stop()
        }
        let prompts = (1...12).map { length in (0..<length * 3).map { ($0 * 29 + length) % 400 } }
        let parameters = SamplingParameters(maxTokens: 30, temperature: 0.8, seed: 5)
        var one: [Completion] = []
        for prompt in prompts {
            one += try await alone.complete([prompt], choices: 2, parameters, cancellation: Cancellation())
        }
        let all = try await together.complete(prompts, choices: 2, parameters, cancellation: Cancellation())
        #expect(all == one)
    }
}

@Suite("Numeric kernels") struct KernelTests {
    @Test("the exponential is exact to about one unit in the last place")
    func exponential() {
        for step in -8700...8800 {
            let x = Float(step) / 100
            let ours = Double(rsd_exponential_of(x))
            #expect(abs(ours / exp(Double(x)) - 1) < 2.5e-7)
        }
        #expect(rsd_exponential_of(-.infinity) < 1e-37)
        #expect(rsd_sigmoid_of(200) == 1)
        #expect(rsd_sigmoid_of(-200) < 1e-37)
    }

    /// Odd sizes in every direction, against the sum written down.
    @Test(
        "a matrix product is the sum in order, whatever vectors the processor has",
        arguments: [(1, 1, 1), (16, 3, 2), (17, 40, 5), (50, 7, 1), (33, 24, 8)], [false, true])
    func matrixProduct(_ sizes: (rows: Int, columns: Int, tokens: Int), areHalves: Bool) {
        let (rows, columns, tokens) = sizes
        var random = SplitMix64(seed: 3, stream: 0)
        func numbers(_ count: Int) -> [Float] { (0..<count).map { _ in Float(random.nextUnit() * 2 - 1) } }
        let (bias, input) = (numbers(rows), numbers(tokens * columns))
        let weights = numbers(rows * columns).map { areHalves ? Float(bitPattern: $0.bitPattern & 0xFFFF_0000) : $0 }
        let matrix = Matrix(rows: rows, columns: columns, values: weights, bias: bias)
        for isWide in Set([false, Kernels.areWide]) {
            let output = FloatBuffer(tokens * rows.paddedToPanel)
            input.withUnsafeBufferPointer { input in
                guard let base = input.baseAddress else { return }
                matrix.multiply(
                    base, inputStride: columns, tokens: tokens, into: output.pointer,
                    outputStride: rows.paddedToPanel, isWide: isWide)
            }
            for token in 0..<tokens {
                for row in 0..<rows {
                    var sum = bias[row]
                    for column in 0..<columns {
                        sum += weights[row * columns + column] * input[token * columns + column]
                    }
                    #expect(output.pointer[token * rows.paddedToPanel + row] == sum)
                }
            }
        }
    }

    @Test(
        "softmax and the gate are what their formulas say, and the same bits with either vectors",
        arguments: [1, 15, 16, 203])
    func formulas(count: Int) {
        var random = SplitMix64(seed: 5, stream: 0)
        func numbers() -> [Float] { (0..<count).map { _ in Float(random.nextUnit() * 20 - 10) } }
        let (scores, gate, up, scale) = (numbers(), numbers(), numbers(), Float(0.25))
        let terms = scores.map { exp(Double($0 * scale) - Double((scores.max() ?? 0) * scale)) }
        let results = Set([false, Kernels.areWide]).map { isWide in
            let (row, product, factors) = (FloatBuffer(scores), FloatBuffer(gate), FloatBuffer(up))
            let sum = rsd_exponentials(row.pointer, count, scale, isWide)
            rsd_gate(product.pointer, factors.pointer, count.panelCount, isWide)
            let ours = (0..<count).map { row.pointer[$0] }
            let products = (0..<count).map { product.pointer[$0] }
            #expect((count..<row.count).allSatisfy { row.pointer[$0] == 0 })
            #expect(abs(Double(sum) / terms.reduce(0, +) - 1) < 1e-6)
            #expect(zip(ours, terms).allSatisfy { abs(Double($0) - $1) < 1e-6 * $1 })
            for index in 0..<count {
                let exact = Double(gate[index] * up[index]) / (1 + exp(-Double(gate[index])))
                #expect(abs(Double(products[index]) - exact) <= 1e-6 * abs(exact))
            }
            return ours + products + [sum]
        }
        #expect(results.allSatisfy { $0 == results[0] })
    }
}
