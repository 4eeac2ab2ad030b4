// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who uses Vivavoce resolves it. `Fuzzing/run` builds and runs it.

/// What is tested is the main package's sources, linked into this one and compiled once more: with a counter at every
/// branch, by which the fuzzer finds its way, and with the address sanitizer.
let instrumented: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing"]),
]

/// Linked with lld: gold, which Swift prefers on Linux, stops with an error of its own.
func fuzzer(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .executableTarget(
        name: name, dependencies: ["FuzzSupport"] + dependencies, swiftSettings: instrumented,
        linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])])
}

func nio(_ product: String) -> Target.Dependency { .product(name: product, package: "swift-nio") }
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1 = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "fuzzing",
    platforms: [.macOS(.v15)],
    dependencies: [
        // The main package's versions, and no more of its packages than these sources import.
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
    ],
    targets: [
        .systemLibrary(name: "LibFuzzer"),
        .target(name: "FuzzSupport", dependencies: ["LibFuzzer"]),

        // MARK: What is tested
        .target(name: "RealtimeProtocol", swiftSettings: instrumented),
        .target(name: "HummingbirdCore", dependencies: [nio("NIOCore"), nioHTTPTypes, httpTypes, logging]),
        .target(
            name: "RealtimeServer",
            dependencies: [
                "RealtimeProtocol", "HummingbirdCore", nio("NIOCore"), nio("NIOHTTP1"), nio("NIOWebSocket"),
                nioHTTPTypes, nioHTTPTypesHTTP1, httpTypes, logging, crypto,
            ], swiftSettings: instrumented),

        // MARK: The tests
        fuzzer("JSONFuzzer", "RealtimeProtocol"),
        fuzzer("AppendFuzzer", "RealtimeProtocol"),
        fuzzer("FramesFuzzer", "RealtimeServer", nio("NIOCore"), nio("NIOEmbedded"), nio("NIOWebSocket")),
        fuzzer(
            "UpgradeFuzzer", "RealtimeServer", "RealtimeProtocol", "HummingbirdCore", nio("NIOCore"),
            nio("NIOEmbedded"), httpTypes, logging),
    ],
    swiftLanguageModes: [.v6]
)
