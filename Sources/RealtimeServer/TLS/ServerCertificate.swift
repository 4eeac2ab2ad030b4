public import Foundation
public import Logging
import NIOCore
import NIOSSL
public import ServiceLifecycle
import Synchronization

/// The certificate a server shows to its clients, which can be replaced while it runs: a new connection gets the one there is
/// now, those that are open keep theirs.
///
/// ```swift
/// let certificate = try ServerCertificate(settings, logger: logger)  // at start
/// try certificate.addHandlers(to: channel)  // for each connection, before all other handlers
/// try certificate.reload()  // on SIGHUP
/// ```
///
/// As a `Service` it looks every minute whether the files have changed.
///
/// NIOCertificateReloading's `TimedCertificateReloader` would take whatever can be parsed, also a certificate that has expired;
/// it tells about the same broken file at each interval, does not read keys with a leading `EC PARAMETERS` block, as
/// `openssl ecparam` writes them, and knows no renewal. What remains, a lock around the current `NIOSSLContext`, is here.
public final class ServerCertificate: Service {
    /// What only one at a time may do, on no event loop: it reads files.
    private struct Loading {
        var names: MachineNames
        /// What was last said of files that could not be used, so that it is said once.
        var complaint: String?
        /// The whole days that were left when it was last warned of the end.
        var warnedDays: Int?
    }

    private let settings: TLSSettings
    private let interval: Duration
    private let handshakeTimeout: TimeAmount
    private let names: @Sendable () -> MachineNames
    private let now: @Sendable () -> Date
    private let logger: Logger
    private let loading: Mutex<Loading>
    private let current: Mutex<CertificatePair>

    /// Reads the certificate and its key, or makes them if they are to be self-signed and there are none.
    ///
    /// - Parameters:
    ///   - settings: where they are.
    ///   - interval: how often ``run()`` looks whether the files have changed.
    ///   - handshakeTimeout: a connection is closed whose handshake takes longer.
    ///   - logger: is told the fingerprint, and of a certificate that soon ends or cannot be used.
    /// - Throws: ``ServerError`` if TLS cannot be served with them.
    public convenience init(
        _ settings: TLSSettings, interval: Duration = .seconds(60), handshakeTimeout: Duration = .seconds(10),
        logger: Logger
    ) throws {
        try self.init(
            settings, interval: interval, handshakeTimeout: handshakeTimeout, logger: logger,
            names: MachineNames.current, now: { Date() })
    }

    /// The same, on another machine and at another time.
    init(
        _ settings: TLSSettings, interval: Duration = .seconds(60), handshakeTimeout: Duration = .seconds(10),
        logger: Logger, names: @escaping @Sendable () -> MachineNames, now: @escaping @Sendable () -> Date
    ) throws {
        self.settings = settings
        self.interval = interval
        self.handshakeTimeout = TimeAmount(handshakeTimeout)
        self.names = names
        self.now = now
        self.logger = logger
        let names = names()
        loading = Mutex(Loading(names: names))
        try Self.prepare(settings, names, now(), logger)
        let pair = try CertificatePair(CertificateFiles(settings), now: now())
        current = Mutex(pair)
        loading.withLock { announce(pair, &$0) }
    }

    /// SHA-256 of the certificate, `AA:BB:…`, for clients that trust this one alone.
    public var fingerprint: String { current.withLock { $0.fingerprint } }

    /// The path of the certificate's file.
    public var path: String { settings.certificatePath }

    /// The moment after which clients refuse the certificate.
    public var expiresAt: Date { current.withLock { $0.expiresAt } }

    /// Makes of a connection one of TLS: adds the handlers that must stand before all others. To be called on the channel's
    /// event loop.
    func addHandlers(to channel: any Channel) throws {
        let operations = channel.pipeline.syncOperations
        try operations.addHandlers([
            NIOSSLServerHandler(context: current.withLock { $0.context }), TLSHandshakeTimeout(handshakeTimeout),
        ])
    }

    /// Reads the files again, changed or not; a self-signed certificate is made anew if it must. Not to be called on an event
    /// loop: it waits for the disk.
    ///
    /// - Throws: ``ServerError`` if TLS cannot be served with them: then it goes on with those it has.
    public func reload() throws {
        try loading.withLock { state in
            state.names = names()
            do {
                try load(&state, evenIfUnchanged: true)
            } catch {
                state.complaint = "\(error)"  // The caller reports it; no need to say it again in a minute.
                throw error
            }
        }
    }

    /// Looks until the server shuts down whether the files have changed, and takes what is new.
    public func run() async {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: self.interval)) != nil { self.look() }
        }
    }

    /// Looks once.
    func look() {
        loading.withLock { state in
            do {
                try load(&state, evenIfUnchanged: false)
            } catch {
                if state.complaint != "\(error)" {
                    logger.error("the new TLS certificate is not taken", metadata: ["error": "\(error)"])
                }
                state.complaint = "\(error)"
            }
            warn(&state)
        }
    }

    private func load(_ state: inout Loading, evenIfUnchanged: Bool) throws {
        try Self.prepare(settings, state.names, now(), logger)
        let files = try CertificateFiles(settings)
        if evenIfUnchanged || files.digest != current.withLock({ $0.digest }) {
            let pair = try CertificatePair(files, now: now())
            current.withLock { $0 = pair }
            announce(pair, &state)
        }
        state.complaint = nil
    }

    private func announce(_ pair: CertificatePair, _ state: inout Loading) {
        logger.info(
            "TLS certificate",
            metadata: [
                "file": "\(settings.certificatePath)", "sha256": "\(pair.fingerprint)",
                "expires": "\(pair.expiresAt.formatted(.iso8601))",
            ])
        if !pair.isWidelyAccepted {
            logger.warning(
                "The certificate in \(settings.certificatePath) has a key that browsers refuse. Use RSA, P-256 or P-384."
            )
        }
        state.warnedDays = nil
        warn(&state)
    }

    /// Says once a day that the end is near.
    private func warn(_ state: inout Loading) {
        let days = Int((expiresAt.timeIntervalSince(now()) / 86_400).rounded(.down))
        guard days < 14, days != state.warnedDays else { return }
        state.warnedDays = days
        let path = settings.certificatePath
        if days < 0 {
            logger.error("The certificate in \(path) has expired; clients refuse it. Renew it.")
        } else {
            logger.warning("The certificate in \(path) expires on \(expiresAt.formatted(.iso8601)). Renew it.")
        }
    }

    private static func prepare(
        _ settings: TLSSettings, _ names: MachineNames, _ now: Date, _ logger: Logger
    ) throws {
        guard case .selfSigned = settings else { return }
        try SelfSignedCertificate.prepare(settings, for: names, now: now, logger: logger)
    }
}

extension ServerCertificate: CustomStringConvertible {
    /// Its name: a `ServiceGroup` logs its services.
    public var description: String { "ServerCertificate" }
}
