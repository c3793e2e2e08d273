import Foundation
import TestSupport
import Testing

@testable import Hub

@Suite("The cache of the hub") struct HubCacheTests {
    @Test(
        "its place follows the environment as in huggingface_hub",
        arguments: [
            (["HOME": "/h"], "/h/.cache/huggingface/hub"),
            (["HOME": "/h", "XDG_CACHE_HOME": "/x"], "/x/huggingface/hub"),
            (["HOME": "/h", "XDG_CACHE_HOME": "/x", "HF_HOME": "/hf"], "/hf/hub"),
            (["HOME": "/h", "HF_HOME": "~/hf/"], "/h/hf/hub"),
            (["HOME": "/h", "HF_HOME": "/hf", "HUGGINGFACE_HUB_CACHE": "/old"], "/old"),
            (["HF_HOME": "/hf", "HUGGINGFACE_HUB_CACHE": "/old", "HF_HUB_CACHE": "/new"], "/new"),
            (["HF_HOME": "$SCRATCH/hf", "SCRATCH": "/s"], "/s/hf/hub"),
            (["HF_HUB_CACHE": "${SCRATCH}/hub", "SCRATCH": "/s"], "/s/hub"),
            (["HF_HUB_CACHE": "/a/${NOWHERE}/$NOWHERE"], "/a/${NOWHERE}/$NOWHERE"),
            (["HF_HUB_CACHE": "hub"], "/here/hub"),
            (["HF_HUB_CACHE": ""], "/here"),
            (["HF_HOME": ""], "/here/hub"),
            (["HF_HUB_CACHE": "/a/../b/./hub/"], "/b/hub"),
        ])
    func place(environment: [String: String], folder: String) {
        #expect(HubCache(environment: environment, workingDirectory: "/here").folder == folder)
    }

    @Test("repositories have names of at most two parts, as huggingface_hub checks them")
    func names() {
        for name in [
            "gpt2", "Qwen/Qwen2.5-Math-1.5B-Instruct", "a/b", "_a_/b.c", "01/0", String(repeating: "a", count: 96),
        ] {
            let repository = HubRepository(.model, named: name)
            #expect(repository?.name == name)
            #expect(repository.flatMap { HubRepository(folder: $0.folderName) } == repository)
        }
        let wrong = [
            "", "/", "a/", "/a", "a/b/c", ".a", "a.", "-a", "a-", "a/.b", "a/b-", "a--b", "a..b", "a/b.git", "a b", "é",
            "~a", "${A}",
            "a\n", "a\0", String(repeating: "a", count: 97),
        ]
        for name in wrong { #expect(HubRepository(.model, named: name) == nil, "\(name)") }
        #expect(HubRepository(.dataset, named: "a/b")?.folderName == "datasets--a--b")
        #expect(HubRepository(folder: "models--a--b--c") == nil)
        #expect(HubRepository(folder: "spaces--a--b") == nil)
    }

    @Test("revisions are what git allows as a branch, a tag or a commit")
    func revisions() {
        for name in ["main", "refs/pr/1", "v1.0", "feature/long-context", "0123456"] {
            #expect(HubRevision.isValid(name), "\(name)")
        }
        for name in [
            "", "/a", "a/", "a//b", "../a", "a/../b", "a..b", ".a", "a/.b", "a b", "a~1", "a^", "a:b", "a\0b", "a.lock",
            "a?",
        ] {
            #expect(!HubRevision.isValid(name), "\(name)")
        }
    }
}
