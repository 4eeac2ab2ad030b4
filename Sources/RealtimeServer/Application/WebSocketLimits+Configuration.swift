extension WebSocketLimits {
    /// Those that a configuration asks for.
    init(_ configuration: ServerConfiguration) {
        self.init()
        handshakeTime = .seconds(configuration.handshakeSeconds)
        sendQueue = .milliseconds(configuration.sendQueueMs)
        slowestReading = .seconds(configuration.slowClientSeconds)
    }
}
