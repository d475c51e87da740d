// swift-tools-version: 6.1
import PackageDescription

// One dependency direction only: a target may use those above it in this list, and
// `--explicit-target-dependency-import-check error` (see the Makefile) holds it to that.

// `make tsan` puts a mutex that the thread sanitizer understands in the place of the library's; files that use one need
// not import where it comes from.
let isSanitized = Context.environment["SANITIZE_THREAD"] != nil

let swift: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + (isSanitized ? [.define("SANITIZE_THREAD")] : [.enableUpcomingFeature("MemberImportVisibility")])

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let collections: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let heap: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let sqlite: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")

let package = Package(
    name: "gaffer",
    products: [
        .library(name: "Gaffer", targets: ["Gaffer", "GafferModel"]),
        .executable(name: "gafferd", targets: ["gafferd"]),
        .executable(name: "gafferctl", targets: ["gafferctl"]),
        .executable(name: "gaffer", targets: ["gaffer"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.8.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .target(name: "CGafferSystem"),
        .systemLibrary(name: "CSystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CCrypt", providers: [.apt(["libcrypt-dev"])]),
        .target(name: "GafferModel", swiftSettings: swift),
        .target(name: "GafferSystem", dependencies: ["CGafferSystem", collections, heap], swiftSettings: swift),
        .target(
            name: "WebServer",
            dependencies: [
                "GafferModel", "GafferSystem", lifecycle, logging, nioCore, nioHTTP1, nioPosix, nioSSL, nioTLS,
            ],
            swiftSettings: swift
        ),
        .target(
            name: "WebChannels",
            dependencies: ["GafferModel", "GafferSystem", "WebServer", nioHTTP1],
            swiftSettings: swift
        ),
        .target(name: "WebClient", dependencies: [nioCore, nioEmbedded, nioSSL, nioTLS], swiftSettings: swift),
        .target(name: "GafferConfig", dependencies: ["GafferModel"], swiftSettings: swift),
        .target(
            name: "Gaffer",
            dependencies: ["GafferModel", "GafferSystem", collections, logging],
            swiftSettings: swift
        ),
        .target(
            name: "GafferAuth",
            dependencies: ["CCrypt", "GafferModel", "GafferSystem", sqlite],
            swiftSettings: swift
        ),
        .target(name: "GafferClient", dependencies: ["GafferModel", "WebClient"], swiftSettings: swift),
        .target(
            name: "GafferTool",
            dependencies: ["GafferClient", "GafferModel", "WebClient"],
            swiftSettings: swift
        ),
        .target(
            name: "GafferHTTP",
            dependencies: [
                "Gaffer", "GafferAuth", "GafferModel", "GafferSystem", "WebChannels", "WebServer", nioHTTP1,
            ],
            swiftSettings: swift
        ),
        .target(
            name: "GafferSystemd",
            dependencies: ["CGafferSystem", "CSystemd", "GafferModel", "GafferSystem", logging],
            swiftSettings: swift
        ),
        .executableTarget(
            name: "gafferd",
            dependencies: [
                "Gaffer", "GafferAuth", "GafferConfig", "GafferHTTP", "GafferModel", "GafferSystem", "GafferSystemd",
                "WebServer", argumentParser, lifecycle, logging,
            ],
            swiftSettings: swift
        ),
        .executableTarget(name: "gafferctl", dependencies: ["GafferTool"], swiftSettings: swift),
        .executableTarget(
            name: "gaffer",
            dependencies: [
                "Gaffer", "GafferClient", "GafferConfig", "GafferModel", "GafferSystem", "GafferTool", "WebClient",
            ],
            swiftSettings: swift
        ),

        .target(
            name: "GafferTestKit",
            dependencies: ["Gaffer", "GafferModel", "GafferSystem"],
            path: "Tests/GafferTestKit",
            swiftSettings: swift
        ),
        .target(
            name: "WebTestKit",
            dependencies: ["GafferSystem"],
            path: "Tests/WebTestKit",
            swiftSettings: swift
        ),
        .target(name: "ProgramTestKit", path: "Tests/ProgramTestKit", swiftSettings: swift),
        .executableTarget(
            name: "embedding-example",
            dependencies: ["Gaffer", "GafferModel"],
            path: "Tests/EmbeddingExample",
            swiftSettings: swift
        ),
        .executableTarget(
            name: "sockjs-server",
            dependencies: ["WebChannels", "WebServer", lifecycle, logging, nioHTTP1],
            path: "Tests/SockJSServer",
            swiftSettings: swift
        ),
        .testTarget(name: "GafferModelTests", dependencies: ["GafferModel"], swiftSettings: swift),
        .testTarget(
            name: "GafferSystemTests",
            dependencies: ["CGafferSystem", "GafferSystem"],
            swiftSettings: swift
        ),
        .testTarget(
            name: "GafferConfigTests",
            dependencies: ["GafferConfig", "GafferModel"],
            // Of the corpora, what is read, and what comes of it.
            exclude: [
                "Export/Golden", "Import/Corpus", "Import/Golden", "Procfile/Corpus", "Procfile/Record",
                "Procfile/Recorded",
            ],
            swiftSettings: swift
        ),
        .testTarget(
            name: "GafferTests",
            dependencies: ["Gaffer", "GafferModel", "GafferSystem", "GafferTestKit"],
            swiftSettings: swift
        ),
        .testTarget(
            name: "WebServerTests",
            dependencies: [
                "GafferModel", "GafferSystem", "WebServer", "WebTestKit", lifecycle, logging, nioCore, nioHTTP1,
            ],
            swiftSettings: swift
        ),
        .testTarget(
            name: "WebClientTests",
            dependencies: ["GafferClient", "GafferModel", "WebClient", "WebTestKit"],
            swiftSettings: swift
        ),
        .testTarget(
            name: "GafferHTTPTests",
            dependencies: [
                "Gaffer", "GafferAuth", "GafferHTTP", "GafferModel", "GafferSystem", "GafferTestKit", "WebChannels",
                "WebServer", "WebTestKit", lifecycle, logging, nioCore, nioHTTP1,
            ],
            swiftSettings: swift
        ),
        .testTarget(
            name: "GafferAuthTests",
            dependencies: ["GafferAuth", "GafferModel", "GafferSystem"],
            swiftSettings: swift
        ),
        .testTarget(
            name: "WebChannelsTests",
            dependencies: [
                "GafferModel", "GafferSystem", "WebChannels", "WebServer", "sockjs-server", lifecycle, logging,
                nioHTTP1,
            ],
            // What runs Debian's client of SockJS.
            exclude: ["Conformance/client.js"],
            swiftSettings: swift
        ),
        .testTarget(
            name: "GafferSystemdTests",
            dependencies: ["GafferModel", "GafferSystem", "GafferSystemd", logging],
            swiftSettings: swift
        ),
        .testTarget(
            name: "GafferctlTests",
            dependencies: ["gafferctl", "GafferClient", "GafferModel", "GafferTool", "WebClient", "WebTestKit"],
            swiftSettings: swift
        ),
        .testTarget(
            name: "GafferCommandTests",
            dependencies: [
                "gaffer", "Gaffer", "GafferClient", "GafferConfig", "GafferModel", "GafferSystem", "GafferTool",
                "WebClient", "WebTestKit",
            ],
            swiftSettings: swift
        ),
        .testTarget(
            name: "ProgramTests",
            dependencies: [
                "GafferModel", "ProgramTestKit", "WebClient", "WebTestKit", "embedding-example", "gaffer", "gafferctl",
                "gafferd",
            ],
            exclude: ["Manual/Golden"],
            swiftSettings: swift
        ),
        .testTarget(
            name: "SystemdTests",
            dependencies: ["GafferModel", "ProgramTestKit", "gaffer", "gafferctl", "gafferd"],
            // What boots a machine, and runs in it.
            exclude: ["Machine"],
            swiftSettings: swift
        ),
    ],
    swiftLanguageModes: [.v6]
)

// Programs that measure are built only where they are asked for.
if Context.environment["GAFFER_BENCHMARKS"] != nil {
    package.targets.append(
        .executableTarget(
            name: "cgroup-spawn",
            dependencies: ["GafferSystem"],
            path: "Tests/Benchmarks/CgroupSpawn",
            swiftSettings: swift
        )
    )
    package.targets.append(
        .executableTarget(
            name: "feeds-benchmark",
            dependencies: ["Gaffer", "GafferModel", "GafferSystem"],
            path: "Tests/Benchmarks/Feeds",
            swiftSettings: swift
        )
    )
}
