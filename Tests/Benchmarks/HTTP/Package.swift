// swift-tools-version: 6.1
import PackageDescription

// Apart from gaffer's own package, which has no use for Hummingbird but this comparison.
let package = Package(
    name: "bare-route",
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: [])
    ],
    targets: [
        .executableTarget(
            name: "bare-route",
            dependencies: [.product(name: "Hummingbird", package: "hummingbird")],
            path: "BareRoute"
        )
    ]
)
