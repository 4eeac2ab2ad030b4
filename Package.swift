// swift-tools-version: 6.2
import Foundation
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// What only the server, the engines and the command line need. An app that names this package with `traits: []`
/// resolves and builds none of it.
func server(_ product: String, _ package: String) -> Target.Dependency {
    .product(name: product, package: package, condition: .when(traits: ["Server"]))
}

// The models' libraries are fetched by `make setup`, which links them here. Without them everything else still builds,
// and `vivavoce serve` says what is missing.
let vendor = Context.environment["VIVAVOCE_VENDOR"] ?? Context.packageDirectory + "/vendor"
let hasLocalEngines = FileManager.default.fileExists(atPath: Context.packageDirectory + "/vendor/include/llama/llama.h")

let engineFlag: [SwiftSetting] = hasLocalEngines ? [.define("LOCAL_ENGINES")] : []
let engineLibraries: [Target] =
    hasLocalEngines
    ? [
        .systemLibrary(name: "CSherpa"),
        .systemLibrary(name: "COnnxRuntime"),
        .systemLibrary(name: "CLlama"),
        .systemLibrary(name: "CFlite", providers: [.apt(["flite1-dev"])]),
    ] : []

let package = Package(
    name: "vivavoce",
    platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
    products: [
        .library(name: "RealtimeProtocol", targets: ["RealtimeProtocol"]),
        .library(name: "RealtimeClient", targets: ["RealtimeClient"]),
        .library(name: "AzureIdentity", targets: ["AzureIdentity"]),
        .library(name: "RealtimeServer", targets: ["RealtimeServer"]),
        .library(name: "SpeechEngines", targets: ["SpeechEngines"]),
        .library(name: "RealtimeTesting", targets: ["RealtimeTesting"]),
        .executable(name: "vivavoce", targets: ["vivavoce"]),
    ],
    traits: [
        .trait(name: "Server", description: "The server, the engines and the command line."),
        .default(enabledTraits: ["Server"]),
    ],
    dependencies: [
        // The SDK's, as ranges.
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        // Everybody else's, pinned.
        .package(
            url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1", traits: ["FullFoundation"]),
        .package(url: "https://github.com/apple/swift-nio-extras.git", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-async-algorithms.git", exact: "1.1.4"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams.git", exact: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift.git", exact: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-certificates.git", exact: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1.git", exact: "1.7.4"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", exact: "1.7.3"),
        .package(url: "https://github.com/apple/swift-service-context.git", exact: "1.5.1"),
        .package(url: "https://github.com/apple/swift-configuration.git", exact: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-system.git", exact: "1.8.1"),
        .package(url: "https://github.com/vapor/jwt-kit.git", exact: "5.7.1"),
        .package(url: "https://github.com/swift-server/async-http-client.git", exact: "1.37.0"),
        .package(url: "https://github.com/pointfreeco/swift-custom-dump.git", exact: "1.7.3"),
    ],
    targets: [
        // MARK: The wire
        .target(name: "RealtimeProtocol", swiftSettings: settings),
        .target(name: "AzureIdentity", swiftSettings: settings),
        .target(
            name: "RealtimeClient",
            dependencies: [
                "RealtimeProtocol", "AzureIdentity",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ], swiftSettings: settings),

        // MARK: The conversation
        .systemLibrary(
            name: "CSpeexDSP", pkgConfig: "speexdsp", providers: [.apt(["libspeexdsp-dev"]), .brew(["speexdsp"])]),
        .target(name: "AudioDSP", dependencies: ["CSpeexDSP"], swiftSettings: settings),
        .target(
            name: "SpeechEngines",
            dependencies: ["AudioDSP", server("AsyncAlgorithms", "swift-async-algorithms")], swiftSettings: settings),
        .target(
            name: "SessionCore",
            dependencies: [
                "RealtimeProtocol", "AudioDSP", "SpeechEngines",
            ], swiftSettings: settings),

        // MARK: The engines of this machine
        .target(
            name: "LocalEngines",
            dependencies: ["SpeechEngines", "AudioDSP"] + engineLibraries.map { .target(name: $0.name) },
            swiftSettings: settings + engineFlag,
            linkerSettings: hasLocalEngines
                ? [
                    .unsafeFlags([
                        "-L\(vendor)/lib",
                        "-Xlinker", "-rpath=\(vendor)/lib",  // the development tree
                        "-Xlinker", "-rpath=$ORIGIN/../lib",  // installed: bin/vivavoce beside lib/
                    ])
                ] : []),

        // MARK: The engines of other machines
        .target(
            name: "RemoteEngines",
            dependencies: [
                "SpeechEngines", "AudioDSP", "RealtimeProtocol",
                server("AsyncHTTPClient", "async-http-client"),
                server("NIOCore", "swift-nio"),
                server("NIOHTTP1", "swift-nio"),
            ], swiftSettings: settings),

        // MARK: The benchmark
        .target(
            name: "RealtimeBench", dependencies: ["RealtimeProtocol", "RealtimeClient", "AudioDSP"],
            resources: [.embedInCode("Speech/utterances.json")], swiftSettings: settings),

        // MARK: The page
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .executableTarget(
            name: "embed-web", dependencies: ["CZlib"], path: "Sources/EmbedWeb", swiftSettings: settings),
        .plugin(name: "EmbedWeb", capability: .buildTool, dependencies: ["embed-web"]),
        .target(
            name: "Playground", dependencies: ["CZlib"], exclude: ["web"], swiftSettings: settings,
            plugins: ["EmbedWeb"]),

        // MARK: The server and its command line
        .target(
            name: "RealtimeServer",
            dependencies: [
                "RealtimeProtocol", "SessionCore", "SpeechEngines", "AudioDSP", "Playground",
                server("Hummingbird", "hummingbird"),
                server("HummingbirdCore", "hummingbird"),
                server("NIOCore", "swift-nio"),
                server("NIOHTTP1", "swift-nio"),
                server("NIOWebSocket", "swift-nio"),
                server("NIOHTTPTypes", "swift-nio-extras"),
                server("NIOHTTPTypesHTTP1", "swift-nio-extras"),
                server("HTTPTypes", "swift-http-types"),
                server("Logging", "swift-log"),
                server("ServiceLifecycle", "swift-service-lifecycle"),
                server("UnixSignals", "swift-service-lifecycle"),
                server("Yams", "Yams"),
                server("GRDB", "GRDB.swift"),
                server("Crypto", "swift-crypto"),
                server("Tracing", "swift-distributed-tracing"),
                server("Instrumentation", "swift-distributed-tracing"),
                server("ServiceContextModule", "swift-service-context"),
                server("Configuration", "swift-configuration"),
                server("SystemPackage", "swift-system"),
                server("NIOTLS", "swift-nio"),
                server("NIOSSL", "swift-nio-ssl"),
                server("X509", "swift-certificates"),
                server("SwiftASN1", "swift-asn1"),
                server("JWTKit", "jwt-kit"),
                server("AsyncHTTPClient", "async-http-client"),
            ], swiftSettings: settings),
        .target(
            name: "RealtimeTesting",
            dependencies: ["RealtimeProtocol", "SpeechEngines", "SessionCore", "AudioDSP", "RealtimeClient"],
            swiftSettings: settings),
        .executableTarget(
            name: "vivavoce",
            dependencies: [
                "RealtimeProtocol", "RealtimeServer", "RealtimeClient", "RealtimeBench", "RealtimeTesting",
                "SessionCore",
                "SpeechEngines", "LocalEngines", "AudioDSP",
                server("ArgumentParser", "swift-argument-parser"),
                server("Logging", "swift-log"),
                server("ServiceLifecycle", "swift-service-lifecycle"),
                server("UnixSignals", "swift-service-lifecycle"),
                server("Tracing", "swift-distributed-tracing"),
            ], swiftSettings: settings + engineFlag),

        // MARK: Tests
        .testTarget(
            name: "RealtimeProtocolTests",
            dependencies: ["RealtimeProtocol", "RealtimeTesting", server("CustomDump", "swift-custom-dump")],
            resources: [.copy("Fixtures")], swiftSettings: settings),
        .testTarget(
            name: "AudioDSPTests", dependencies: ["AudioDSP", "RealtimeTesting"], swiftSettings: settings),
        .testTarget(
            name: "SpeechEnginesTests", dependencies: ["SpeechEngines", "RealtimeTesting"], swiftSettings: settings),
        .testTarget(
            name: "SessionCoreTests",
            dependencies: [
                "SessionCore", "RealtimeProtocol", "SpeechEngines", "AudioDSP", "RealtimeTesting",
                server("CustomDump", "swift-custom-dump"),
            ],
            resources: [.copy("Transcripts")], swiftSettings: settings),
        .testTarget(
            name: "LocalEnginesTests", dependencies: ["LocalEngines", "RealtimeTesting", "SpeechEngines", "AudioDSP"],
            swiftSettings: settings + engineFlag),
        .testTarget(
            name: "RemoteEnginesTests",
            dependencies: [
                "RemoteEngines", "SpeechEngines", "RealtimeProtocol",
                server("NIOCore", "swift-nio"), server("NIOPosix", "swift-nio"),
            ], swiftSettings: settings),
        .testTarget(
            name: "RealtimeServerTests",
            dependencies: [
                "RealtimeServer", "RealtimeClient", "RealtimeTesting", "RealtimeProtocol", "SessionCore",
                server("HTTPTypes", "swift-http-types"), server("Logging", "swift-log"), server("NIOCore", "swift-nio"),
                server("ServiceLifecycle", "swift-service-lifecycle"),
                server("Crypto", "swift-crypto"), server("CryptoExtras", "swift-crypto"),
                server("Tracing", "swift-distributed-tracing"),
                server("InMemoryTracing", "swift-distributed-tracing"),
            ], swiftSettings: settings),
        .testTarget(
            name: "TLSTests",
            dependencies: [
                "RealtimeServer", server("NIOCore", "swift-nio"), server("NIOPosix", "swift-nio"),
                server("NIOHTTP1", "swift-nio"), server("NIOWebSocket", "swift-nio"), server("NIOTLS", "swift-nio"),
                server("NIOSSL", "swift-nio-ssl"), server("X509", "swift-certificates"),
                server("SwiftASN1", "swift-asn1"), server("Crypto", "swift-crypto"),
                server("CryptoExtras", "swift-crypto"), server("Logging", "swift-log"),
                server("ServiceLifecycle", "swift-service-lifecycle"),
            ], swiftSettings: settings),
        .testTarget(
            name: "RealtimeClientTests", dependencies: ["RealtimeClient", "RealtimeTesting", "RealtimeProtocol"],
            swiftSettings: settings),
        .testTarget(name: "AzureIdentityTests", dependencies: ["AzureIdentity"], swiftSettings: settings),
        .testTarget(
            name: "RealtimeBenchTests",
            dependencies: [
                "RealtimeBench", "AudioDSP", "RealtimeProtocol", "RealtimeClient", "RealtimeServer", "RealtimeTesting",
                "SessionCore", server("Logging", "swift-log"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "VivavoceTests",
            dependencies: ["vivavoce", "RealtimeServer", server("ArgumentParser", "swift-argument-parser")],
            swiftSettings: settings),
    ] + engineLibraries,
    swiftLanguageModes: [.v6]
)

// `make docs` alone needs the plugin; who uses the package does not.
if Context.environment["VIVAVOCE_DOCS"] != nil {
    package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin.git", exact: "1.5.0"))
}
