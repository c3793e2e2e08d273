import TestSupport
import Testing

@testable import Support

@Suite("Free space") struct FreeSpaceTests {
    @Test("a folder that is still to be made is measured where it will be", .enabled(if: SmallDisk.canBeMade))
    func futureFolder() throws {
        let scratch = try Scratch()
        let disk = try SmallDisk(at: scratch.url, kilobytes: 64)
        #expect(DiskSpace.at(scratch.url.path)?.free == 64 << 10)
        #expect(DiskSpace.at(scratch.path("a/b/c"))?.free == 64 << 10)
        try scratch.write(String(repeating: "x", count: 4096), to: "file")
        #expect(DiskSpace.at(scratch.path("a"))?.free == 60 << 10)
        withExtendedLifetime(disk) {}
    }

    @Test("what cannot be there is measured at the nearest directory that is") func nearest() throws {
        let scratch = try Scratch()
        let there = try #require(DiskSpace.at(scratch.url.path))
        #expect(there.total > 0 && DiskSpace.at(scratch.path("a/b/c"))?.total == there.total)
        for path in ["/", "/dev/null/cache", "surely/not/here"] { #expect(DiskSpace.at(path) != nil, "\(path)") }
    }
}
