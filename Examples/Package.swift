// swift-tools-version: 6.2
import PackageDescription

// Programs that use the SDK alone: `traits: []` leaves out what only the server needs.
// In a package of your own: .package(url: "https://github.com/…/vivavoce", from: "…", traits: [])
let sdk: [Target.Dependency] = [
    .product(name: "RealtimeClient", package: "vivavoce"), .product(name: "RealtimeProtocol", package: "vivavoce"),
]
let package = Package(
    name: "Examples",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "vivavoce", path: "..", traits: []),
        // The SDK's own; MiddleTier is a server besides.
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    ],
    targets: [
        .executableTarget(name: "TextInAudioOut", dependencies: sdk),
        .executableTarget(name: "AudioInAudioOut", dependencies: sdk + ["WAVFile"]),
        .executableTarget(name: "NoVAD", dependencies: sdk + ["WAVFile"]),
        .executableTarget(name: "FunctionCalling", dependencies: sdk),
        .executableTarget(name: "Transcribe", dependencies: sdk + ["WAVFile"]),
        .executableTarget(
            name: "MiddleTier",
            dependencies: sdk + [
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOWebSocket", package: "swift-nio"),
            ]),
        .target(name: "WAVFile"),
    ]
)
