// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

// What computes: the pocket engine multiplies matrices, tokenizers read every text, `Support` hashes and reads what everything else
// writes, answers are compared and methods decide in tests by the thousand. Without the optimiser all that is up to a hundred times slower.
let optimised: [SwiftSetting] = strict + [.unsafeFlags(["-O"])]

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let flyingFox = Target.Dependency.product(name: "FlyingFox", package: "FlyingFox")
let orderedCollections = Target.Dependency.product(name: "OrderedCollections", package: "swift-collections")

/// The layers of the program, the lowest first.
let modules: [Target.Dependency] = [
    "Support", "ModelLifecycle", "Hub", "Answers", "SpecYAML", "Decoding", "Methods", "Checkpoints", "Datasets",
    "JobSpecs", "RunStore", "Graders", "Reporting", "Runner", "RSDJobs", "Tokenizers",
]

func library(_ name: String, _ dependencies: [Target.Dependency], _ settings: [SwiftSetting] = strict) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
    name: "rsd-batch",
    products: [
        .executable(name: "rsd-batch", targets: ["rsd-batch"]),
        .executable(name: "rsd-pocket", targets: ["rsd-pocket"]),
        .library(name: "RSDJobs", targets: ["RSDJobs"]),
        .library(name: "ModelLifecycle", targets: ["ModelLifecycle"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    ],
    targets: [
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CKernels"),

        library("Support", [orderedCollections], optimised),
        .target(
            name: "ModelLifecycle", dependencies: ["CCurl", "Support", logging],
            resources: [
                .embedInCode("Engine/Warm/fork_server.py"), .embedInCode("Engine/Standby/gate.py"),
                .embedInCode("Engine/VLLM/Python"),
            ],
            swiftSettings: strict),
        .target(
            name: "Hub", dependencies: ["ModelLifecycle", "Support"], resources: [.embedInCode("Python/hub.py")],
            swiftSettings: strict),
        library("Answers", ["Support"], optimised),
        library("SpecYAML", ["CYAML", "Support", orderedCollections]),
        library("Decoding", ["Support"], optimised),
        library("Methods", ["Answers", "Decoding", "SpecYAML"], optimised),
        library("Checkpoints", ["ModelLifecycle", "Support", orderedCollections]),
        library("Datasets", ["Answers", "Support", orderedCollections]),
        .target(
            name: "JobSpecs",
            dependencies: [
                "Checkpoints", "Datasets", "Decoding", "Hub", "Methods", "ModelLifecycle", "SpecYAML", "Support",
                orderedCollections,
            ], resources: [.embedInCode("Datasets/parquet.py")], swiftSettings: strict),
        library(
            "RunStore",
            ["Checkpoints", "Datasets", "Decoding", "JobSpecs", "ModelLifecycle", "Support"]),
        library(
            "Graders",
            [
                "Answers", "Decoding", "JobSpecs", "ModelLifecycle", "RunStore", "Support",
            ]),
        library(
            "Reporting",
            [
                "Answers", "Checkpoints", "Datasets", "Decoding", "Graders", "JobSpecs", "Methods", "ModelLifecycle",
                "ReportPage", "RunStore", "Support", orderedCollections,
            ]),
        library(
            "Runner",
            [
                "Checkpoints", "Datasets", "Decoding", "JobSpecs", "ModelLifecycle", "RunStore", "SpecYAML",
                "Support", "Tokenizers", logging, .product(name: "DequeModule", package: "swift-collections"),
            ]),
        .target(
            name: "RSDJobs",
            dependencies: [
                "Answers", "Checkpoints", "Datasets", "Decoding", "Graders", "Hub", "JobSpecs", "ModelLifecycle",
                "Reporting", "RunStore", "Runner", "Support", logging, orderedCollections,
            ], resources: [.embedInCode("Export/export.py")], swiftSettings: strict),
        .target(
            name: "RunServer",
            dependencies: [
                "JobSpecs", "ReportPage", "Reporting", "RunStore", "Support",
                .product(name: "FlyingSocks", package: "FlyingFox"),
            ], resources: [.embedInCode("Page")], swiftSettings: strict),
        .target(name: "ReportPage", resources: [.embedInCode("Page")], swiftSettings: strict),
        library(
            "Terminal",
            [
                "Datasets", "Decoding", "Graders", "JobSpecs", "ModelLifecycle", "RSDJobs", "Reporting",
                "RunStore",
                "Runner", "Support",
            ]),
        .executableTarget(
            name: "rsd-batch",
            dependencies: [
                "Decoding", "Graders", "JobSpecs", "ModelLifecycle", "RSDJobs", "Reporting", "RunStore",
                "RunServer", "Runner", "Support", "Terminal",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),

        .target(
            name: "Tokenizers", dependencies: [.product(name: "HeapModule", package: "swift-collections")],
            swiftSettings: optimised),
        .target(
            name: "PocketEngine",
            dependencies: [
                "CKernels", "Tokenizers",
                .product(name: "FlyingFox", package: "FlyingFox"),
                .product(name: "FlyingSocks", package: "FlyingFox"),
            ],
            swiftSettings: optimised),
        .executableTarget(
            name: "rsd-pocket",
            dependencies: [
                "PocketEngine",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // Engines that take as long as vLLM would on a GPU. They run beside what is measured, so they must cost little.
        .target(
            name: "PacedEngine",
            dependencies: ["Decoding", .product(name: "DequeModule", package: "swift-collections")],
            path: "Benchmarks/PacedEngine", swiftSettings: optimised),
        .executableTarget(
            name: "rsd-bench",
            dependencies: [
                "Decoding", "JobSpecs", "ModelLifecycle", "PacedEngine", "RSDJobs", "RunStore",
                "Support", "Tokenizers",
                flyingFox, .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/rsd-bench",
            swiftSettings: optimised),

        // What docs/library.md shows. Like anybody's program, they see what is public and no more.
        .executableTarget(
            name: "run-job", dependencies: ["RSDJobs"], path: "docs/examples/run-job", packageAccess: false,
            swiftSettings: strict),
        .executableTarget(
            name: "serve-model", dependencies: ["ModelLifecycle"], path: "docs/examples/serve-model",
            packageAccess: false,
            swiftSettings: strict),

        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        .target(
            name: "TestServers", dependencies: [flyingFox], path: "Tests/TestServers", swiftSettings: strict),
        .target(
            name: "RunnerSupport", dependencies: modules + ["TestSupport"], path: "Tests/RunnerSupport",
            swiftSettings: strict),
        // Models of hashes and the algorithm by the book: property tests decode with them by the thousand.
        .target(
            name: "ModelDoubles", dependencies: ["Decoding", "JobSpecs", "Methods", "Support", "TestSupport"],
            path: "Tests/ModelDoubles",
            swiftSettings: optimised),
        .testTarget(
            name: "ModelLifecycleTests", dependencies: ["ModelLifecycle", "Support", "TestServers", "TestSupport"],
            exclude: ["VLLMRecords"], swiftSettings: strict),
        .testTarget(name: "TerminalTests", dependencies: modules + ["Terminal"], swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: modules + [
                "RunnerSupport", "TestServers", "TestSupport", "rsd-batch", "rsd-pocket", logging,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "VLLMTests",
            dependencies: modules + ["RunnerSupport", "TestSupport", "rsd-batch", "rsd-pocket", logging],
            exclude: ["gsm8k", "hub", "measure", "reference"], swiftSettings: strict),
        .testTarget(
            name: "ClusterTests", dependencies: modules + ["RunnerSupport", "rsd-batch", "rsd-pocket"],
            swiftSettings: strict),
        .testTarget(
            name: "RSDJobsTests",
            dependencies: modules + [
                "ModelDoubles", "RunServer", "RunnerSupport", "TestServers", "TestSupport", "rsd-batch",
            ],
            exclude: [
                "Grading/golden.jsonl", "Grading/exact.jsonl", "Grading/responses.jsonl", "Spec/diagnostics.txt",
                "Spec/flags.txt", "Spec/Flags", "Findings/findings.txt",
                "Data/model-files.txt", "Data/Checkpoint/tokenizers.txt", "Data/Datasets/json-documents.txt",
                "Data/Datasets/records.txt",
                "Data/Datasets/choices.txt", "Data/Datasets/csv.txt",
                "Comparison/paired-tests.jsonl", "Comparison/paired-tests.py",
            ], swiftSettings: strict),
        .testTarget(
            name: "PocketEngineTests",
            dependencies: ["CKernels", "PacedEngine", "PocketEngine", "TestSupport", "Tokenizers"],
            exclude: ["Fixtures"],
            swiftSettings: strict),
        .testTarget(
            name: "TokenizersTests", dependencies: ["TestSupport", "Tokenizers"],
            exclude: ["fragments.json", "golden.json", "tokenizers.py"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
