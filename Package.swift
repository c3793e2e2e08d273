// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

// The pocket engine multiplies matrices: without the optimiser it is a hundred times slower, and the tests run it.
let optimised: [SwiftSetting] = strict + [.unsafeFlags(["-O"])]

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

        .target(
            name: "ModelLifecycle",
            dependencies: ["CCurl", .product(name: "Logging", package: "swift-log")],
            resources: [.embedInCode("Warm/fork_server.py"), .embedInCode("Standby/gate.py")], swiftSettings: strict),
        .target(
            name: "RSDJobs",
            dependencies: [
                "CYAML", "ModelLifecycle", "ReportPage",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "OrderedCollections", package: "swift-collections"),
            ],
            swiftSettings: strict),
        .target(name: "ReportPage", resources: [.embedInCode("Page")], swiftSettings: strict),
        .target(name: "Terminal", dependencies: ["RSDJobs"], swiftSettings: strict),
        .executableTarget(
            name: "rsd-batch",
            dependencies: [
                "ModelLifecycle", "RSDJobs", "Terminal",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),

        .target(
            name: "PocketEngine",
            dependencies: [
                .product(name: "FlyingFox", package: "FlyingFox"),
                .product(name: "FlyingSocks", package: "FlyingFox"),
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            swiftSettings: optimised),
        .executableTarget(
            name: "rsd-pocket",
            dependencies: [
                "PocketEngine",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        .executableTarget(
            name: "rsd-bench",
            dependencies: ["RSDJobs", .product(name: "FlyingFox", package: "FlyingFox")],
            path: "Benchmarks/rsd-bench",
            swiftSettings: strict),

        .testTarget(
            name: "ModelLifecycleTests",
            dependencies: ["ModelLifecycle", .product(name: "FlyingFox", package: "FlyingFox")],
            exclude: ["VLLMRecords"], swiftSettings: strict),
        .testTarget(name: "TerminalTests", dependencies: ["RSDJobs", "Terminal"], swiftSettings: strict),
        .target(
            name: "RunnerSupport", dependencies: ["RSDJobs"], path: "Tests/RunnerSupport", swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "RunnerSupport", "RSDJobs", "PocketEngine", "rsd-batch", "rsd-pocket",
                .product(name: "FlyingFox", package: "FlyingFox"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "VLLMTests",
            dependencies: [
                "RunnerSupport", "RSDJobs", "ModelLifecycle", "rsd-batch", "rsd-pocket",
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["gsm8k", "measure", "reference"], swiftSettings: strict),
        .testTarget(
            name: "ClusterTests", dependencies: ["RunnerSupport", "RSDJobs", "rsd-batch", "rsd-pocket"],
            swiftSettings: strict),
        .testTarget(
            name: "RSDJobsTests",
            dependencies: ["RSDJobs", "RunnerSupport", .product(name: "FlyingFox", package: "FlyingFox")],
            exclude: ["Grading/golden.jsonl", "Grading/exact.jsonl", "Grading/responses.jsonl"], swiftSettings: strict),
        .testTarget(
            name: "PocketEngineTests", dependencies: ["PocketEngine"], exclude: ["Fixtures"],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
