import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import RealtimeClient
import RealtimeProtocol

/// The documented way to face end users: a server between them and the Realtime service, which holds the key,
/// knows its own users and decides what they may do.
///
///     MIDDLE_TIER_USERS=ada:secret swift run MiddleTier 8081
///
/// A browser signs in (`POST /login`, which sets a cookie), opens a WebSocket at `/talk`, sends its microphone's samples
/// (24 kHz, mono, 16 bits) as binary messages and gets the answers' samples in the same form; text messages from the server
/// are events worth showing. What the session is for, the server says; the browser cannot change it.
@main struct MiddleTier {
    static func main() async throws {
        let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8081
        let settings = try RealtimeSettings()
        let users = try Users(ProcessInfo.processInfo.environment["MIDDLE_TIER_USERS"] ?? "")
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try Door.negotiate(on: channel, users: users) }
            }
        print("Listening on http://127.0.0.1:\(server.channel.localAddress?.port ?? port)")
        fflush(nil)  // for whoever reads it through a pipe
        try await withThrowingDiscardingTaskGroup { group in
            try await server.executeThenClose { connections in
                for try await negotiation in connections {
                    group.addTask {
                        do {
                            switch try await negotiation.get() {
                            case .page(let channel): try await Door.answer(channel, users: users)
                            case .talk(let channel, nil): try await Door.close(channel)
                            case .talk(let channel, let user?):
                                print("\(user) talks")
                                try await Relay(settings: settings).run(channel)
                            }
                        } catch {
                            print("a connection ended: \(error)")
                        }
                    }
                }
            }
        }
    }
}
