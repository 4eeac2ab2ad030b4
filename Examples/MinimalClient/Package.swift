// swift-tools-version: 6.2
import PackageDescription

// An app that uses the SDK alone: `traits: []` leaves out what only the server needs.
let package = Package(
    name: "MinimalClient",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "vivavoce", path: "../..", traits: [])],
    targets: [
        .executableTarget(
            name: "MinimalClient",
            dependencies: [
                .product(name: "RealtimeClient", package: "vivavoce"),
                .product(name: "RealtimeProtocol", package: "vivavoce"),
            ])
    ]
)
