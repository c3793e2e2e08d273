@testable import Support
import Testing

@Suite("SHA-256")
struct DataSHA256Tests {
    @Test(
        "the vectors of FIPS 180-4 have their hashes",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
                "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
            ),
            (
                String(repeating: "a", count: 10_000),
                "27dd1f61b867b6a0f6e9d8a41c43231de52107e53ae424de8f847b821db4b711"
            ),
        ])
    func vectors(text: String, digest: String) {
        #expect(SHA256.hex(text) == digest)
    }

    @Test("every length of the last block hashes the same in pieces of any size")
    func pieces() {
        for length in 0..<200 {
            let bytes = (0..<length).map { UInt8($0 & 0xFF) }
            var hash = SHA256()
            for start in stride(from: 0, to: length, by: 7) {
                hash.update(bytes[start..<min(length, start + 7)])
            }
            #expect(hash.hex() == SHA256.hex(bytes: bytes))
        }
        // From sha256sum: the bytes 0…54, 0…55, 0…63 and 0…118.
        #expect(
            SHA256.hex(bytes: 0..<55) == "463eb28e72f82e0a96c0a4cc53690c571281131f672aa229e0d45ae59b598b59")
        #expect(
            SHA256.hex(bytes: 0..<56) == "da2ae4d6b36748f2a318f23e7ab1dfdf45acdc9d049bd80e59de82a60895f562")
        #expect(
            SHA256.hex(bytes: 0..<64) == "fdeab9acf3710362bd2658cdc9a29e8f9c757fcf9811603a8c447cd1d9151108")
        #expect(
            SHA256.hex(bytes: 0..<119) == "da18797ed7c3a777f0847f429724a2d8cd5138e6ed2895c3fa1a6d39d18f7ec6")
    }

    @Test("fields do not run into each other")
    func fields() {
        func digest(_ fields: [String]) -> String {
            var hash = SHA256()
            for field in fields { hash.update(field: field) }
            return hash.hex()
        }
        #expect(digest(["ab", "c"]) != digest(["a", "bc"]))
        #expect(digest(["ab"]) != digest(["ab", ""]))
    }
}
