import Foundation

/// A file as torch.save writes it: a zip archive, nothing compressed.
enum PyTorchArchive {
    /// `data.pkl` by torch 2.11 of embeddings (5 × 4, bfloat16) that are tied to `lm_head`, a matrix (3 × 4, float16), positions
    /// (6, int64), and a parameter (4, float32).
    static let pickle =
        Data(
            base64Encoded: """
                gAJjY29sbGVjdGlvbnMKT3JkZXJlZERpY3QKcQApUnEBKFgZAAAAbW9kZWwuZW1iZWRfdG9rZW5zLndlaWdodHECY3RvcmNoLl91
                dGlscwpfcmVidWlsZF90ZW5zb3JfdjIKcQMoKFgHAAAAc3RvcmFnZXEEY3RvcmNoCkJGbG9hdDE2U3RvcmFnZQpxBVgBAAAAMHEG
                WAMAAABjcHVxB0sUdHEIUUsASwVLBIZxCUsESwGGcQqJaAApUnELdHEMUnENWA4AAABsbV9oZWFkLndlaWdodHEOaA1YFwAAAG1v
                ZGVsLmxheWVycy4wLnEud2VpZ2h0cQ9oAygoaARjdG9yY2gKSGFsZlN0b3JhZ2UKcRBYAQAAADFxEWgHSwx0cRJRSwBLA0sEhnET
                SwRLAYZxFIloAClScRV0cRZScRdYFgAAAG1vZGVsLnBvcy5wb3NpdGlvbl9pZHNxGGgDKChoBGN0b3JjaApMb25nU3RvcmFnZQpx
                GVgBAAAAMnEaaAdLBnRxG1FLAEsBSwaGcRxLBksBhnEdiWgAKVJxHnRxH1JxIFgRAAAAbW9kZWwubm9ybS53ZWlnaHRxIWN0b3Jj
                aC5fdXRpbHMKX3JlYnVpbGRfcGFyYW1ldGVyCnEiaAMoKGgEY3RvcmNoCkZsb2F0U3RvcmFnZQpxI1gBAAAAM3EkaAdLBHRxJVFL
                AEsEhXEmSwGFcSeJaAApUnEodHEpUnEqiGgAKVJxK4dxLFJxLXUu
                """, options: .ignoreUnknownCharacters) ?? Data()

    static func file(_ entries: [(name: String, content: Data)]) -> Data {
        var (file, directory) = (Data(), Data())
        for (name, content) in entries {
            let offset = file.count
            let sizes =
                number(0, 4) + number(content.count, 4) + number(content.count, 4) + number(name.utf8.count, 2)
                + number(0, 2)
            file += Data([0x50, 0x4B, 3, 4]) + number(0, 10) + sizes + Data(name.utf8) + content
            directory +=
                Data([0x50, 0x4B, 1, 2]) + number(0, 12) + sizes + number(0, 10) + number(offset, 4) + Data(name.utf8)
        }
        let end =
            Data([0x50, 0x4B, 5, 6]) + number(0, 4) + number(entries.count, 2) + number(entries.count, 2)
            + number(directory.count, 4) + number(file.count, 4) + number(0, 2)
        return file + directory + end
    }

    /// A file with such a pickle and its storages.
    static func file(pickle: Data = pickle, fill: UInt8 = 0) -> Data {
        file(
            [("m/data.pkl", pickle)]
                + [40, 24, 48, 16].enumerated().map { ("m/data/\($0)", Data(repeating: fill, count: $1)) })
    }

    private static func number(_ value: Int, _ width: Int) -> Data {
        Data((0..<width).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * $0)) : 0 })
    }
}
