import ServiceLifecycle

/// Has the keys of the token issuers fetched before anybody needs them: at the start, where a wrong setting then shows in the
/// log, after a reload, and before they are old.
struct IssuerWatch: Service {
    let policy: HandshakePolicy

    func run() async {
        await cancelWhenGracefulShutdown {
            repeat { await policy.tokens?.prepare() } while (try? await Task.sleep(for: .seconds(10))) != nil
        }
    }
}
