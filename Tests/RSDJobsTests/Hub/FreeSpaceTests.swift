import TestSupport
import Testing

@testable import Support

@Suite("Free space") struct FreeSpaceTests {
    @Test("a folder that is still to be made is measured where it will be", .enabled(if: SmallDisk.canBeMade))
    func futureFolder() throws {
        let scratch = try Scratch()
        let disk = try SmallDisk(at: scratch.url, kilobytes: 64)
        #expect(FreeSpace.bytes(at: scratch.url.path) == 64 << 10)
        #expect(FreeSpace.bytes(at: scratch.path("a/b/c")) == 64 << 10)
        try scratch.write(String(repeating: "x", count: 4096), to: "file")
        #expect(FreeSpace.bytes(at: scratch.path("a")) == 60 << 10)
        withExtendedLifetime(disk) {}
    }

    @Test("below a file there is no room to measure") func belowFile() {
        #expect(FreeSpace.bytes(at: "/dev/null/cache") == nil)
        #expect(FreeSpace.bytes(at: "/") != nil)
    }
}
