import Foundation
import TestSupport
@testable import RunStore
@testable import Support
import Testing

@Suite("The run directory") struct RunDirectoryTests {
    @Test("it is made with all directories above it")
    func parents() throws {
        let scratch = try Scratch()
        let directory = RunDirectory(scratch.file("a/b/run"))
        try directory.create()
        try directory.create()
        #expect(FileManager.default.fileExists(atPath: directory.logs.path))
        #expect(FileManager.default.fileExists(atPath: directory.journal.deletingLastPathComponent().path))
    }

    @Test("a directory that cannot be made is named")
    func cannotBeMade() throws {
        let scratch = try Scratch()
        try Data().write(to: scratch.file("file"))
        let under = #expect(throws: FileFailure.self) { try RunDirectory(scratch.file("file/run")).create() }
        #expect(under == FileFailure(path: scratch.file("file/run").path, errno: ENOTDIR))
        let same = #expect(throws: FileFailure.self) { try RunDirectory(scratch.file("file")).create() }
        #expect(same == FileFailure(path: scratch.file("file").path, errno: EEXIST))
    }

    @Test("a file is replaced as a whole")
    func atomic() throws {
        let scratch = try Scratch()
        try AtomicFile.write(Data("old".utf8), to: scratch.file("summary.json"))
        try AtomicFile.write(Data("new".utf8), to: scratch.file("summary.json"))
        #expect(try String(contentsOf: scratch.file("summary.json"), encoding: .utf8) == "new")
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path) == ["summary.json"])
    }
}
