@testable import Checkpoints
import Foundation
import TestSupport
import Testing

@Suite("Headers of weight files")
struct HeaderFuzzTests {
    private func file(_ header: String, data: Int = 0) -> Data {
        var file = Data()
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { file.append(contentsOf: $0) }
        return file + Data(header.utf8) + Data(count: data)
    }

    private func fault(_ content: Data, name: String = "model.safetensors") throws -> String? {
        let scratch = try Scratch()
        try content.write(to: scratch.file(name))
        do throws(ModelFilesError) {
            if name.hasSuffix("bin") {
                _ = try PyTorchWeights(file: scratch.file(name), config: CheckpointConfig(CheckpointJSON()))
            } else {
                _ = try SafetensorsHeader(file: scratch.file(name))
            }
            return nil
        } catch {
            return error.description
        }
    }

    @Test(
        "a tensor lies where the one before it ends, and is as long as its shape says",
        arguments: [
            (#"{"a": {"dtype": "F16", "shape": [2], "data_offsets": [0, 4]}}"#, nil),
            (#"{"a": {"dtype": "F4", "shape": [8], "data_offsets": [0, 4]}}"#, nil),
            (#"{"a": {"dtype": "NEW", "shape": [8], "data_offsets": [0, 4]}}"#, nil),
            (
                #"{"a": {"dtype": "F16", "shape": [3], "data_offsets": [0, 4]}}"#,
                "a has 4 bytes, which does not match its shape [3]"
            ),
            (
                #"{"a": {"dtype": "F16", "shape": [2], "data_offsets": [4, 0]}}"#,
                "the offsets of a are outside the file"
            ),
            (
                #"{"a": {"dtype": "F16", "shape": [2], "data_offsets": [4]}}"#,
                "the offsets of a are outside the file"
            ),
            (
                #"{"a": {"dtype": "F16", "shape": [1], "data_offsets": [2, 4]}}"#,
                "a does not start where the tensor before it ends"
            ),
            (
                #"{"a": {"dtype": "F16", "shape": [2], "data_offsets": [0, 4]}, "b": {"dtype": "F16", "shape": [1], "data_offsets": [2, 4]}}"#,
                "b does not start where the tensor before it ends"
            ),
            (#"{"a": {"dtype": "F16", "shape": [-2], "data_offsets": [0, 4]}}"#, "a has the invalid shape [-2]"),
            (
                #"{"a": {"dtype": "F16", "shape": [9223372036854775807, 9], "data_offsets": [0, 4]}}"#,
                "a has the invalid shape [9223372036854775807, 9]"
            ),
        ] as [(String, String?)])
    func places(header: String, fault: String?) throws {
        #expect(
            try self.fault(file(header, data: 4))
                == fault.map { "model.safetensors has a broken safetensors header: \($0)" })
    }

    @Test("offsets past the end of the file are refused")
    func offsetsPastTheEnd() throws {
        for end in ["5", "9223372036854775807", "18446744073709551615"] {
            let header = #"{"a": {"dtype": "U8", "shape": [5], "data_offsets": [0, \#(end)]}}"#
            #expect(try fault(file(header, data: 4))?.hasPrefix("model.safetensors is truncated") == true)
        }
        let negative = #"{"a": {"dtype": "U8", "shape": [5], "data_offsets": [-1, 4]}}"#
        #expect(try fault(file(negative, data: 4)) == "model.safetensors has a broken safetensors header")
    }

    @Test("whatever the bytes are, there is a sentence or a count")
    func fuzz() throws {
        var random = SeededRandom(seed: 11)
        let good = safetensors(["w": [2, 3], "b": [3]])
        let bin = PyTorchArchive.file()
        for _ in 0..<300 {
            for (name, content) in [("model.safetensors", good), ("m.bin", bin)] {
                var bytes = content
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = [0, 0xFF, 0x7F, 0x80, UInt8(ascii: "9")]
                        .randomElement(using: &random)!
                }
                if Bool.random(using: &random) { bytes = bytes.prefix(Int.random(in: 0...bytes.count, using: &random)) }
                _ = try fault(Data(bytes), name: name)
            }
        }
    }

    @Test("a pickle is read and never run, however it is made")
    func pickles() {
        var random = SeededRandom(seed: 3)
        let good = Array(PyTorchArchive.pickle)
        #expect(PickledTensors(good)?.tensors.count == 4)
        for _ in 0..<3000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = PickledTensors(bytes)
        }
        // Tuples within tuples, so deep that to let them go would be too deep.
        #expect(
            PickledTensors([UInt8(ascii: ")")] + Array(repeating: 0x85, count: 1_000_000) + [UInt8(ascii: ".")]) == nil)
        let deep = Array(repeating: [UInt8(ascii: "}"), UInt8(ascii: "N")], count: 200_000).joined()
        #expect(
            PickledTensors(Array(deep) + Array(repeating: UInt8(ascii: "s"), count: 10) + [UInt8(ascii: ".")]) == nil)
    }
}
