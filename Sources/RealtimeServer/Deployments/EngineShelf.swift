public import SpeechEngines
import Synchronization

/// The engines of a server, each loaded once for all deployments that need it. What no deployment needs any more is let go
/// of, and is gone when the last session with it has ended.
public final class EngineShelf: Sendable {
    /// How far engines are.
    public enum State: Sendable {
        /// Being loaded.
        case loading
        /// Ready to answer.
        case ready(Cascade)
        /// Not to be had; why.
        case failed(String)
    }

    /// The server's own engines are under no name.
    public typealias Name = ServerConfiguration.Preset?

    private struct Shelf {
        var engines: [Name: State] = [:]
        /// The preset that the server's own engines are, if they are just that.
        var own: Name = nil
    }

    private let shelf = Mutex(Shelf())

    /// An empty shelf.
    public init() {}

    /// How far engines are; those that nobody has asked for will be loaded.
    public subscript(name: Name) -> State {
        shelf.withLock { $0.engines[name == $0.own ? nil : name] ?? .loading }
    }

    /// Puts engines there.
    public func put(_ state: State, for name: Name) { shelf.withLock { $0.engines[name] = state } }

    /// Puts the server's own engines there.
    ///
    /// - Parameter preset: the preset that they are, if they are just that: it need not be loaded again.
    public func put(own engines: Cascade, preset: ServerConfiguration.Preset?) {
        shelf.withLock { shelf in
            shelf.engines[Name.none] = State.ready(engines)
            shelf.own = preset
        }
    }

    /// Loads what is wanted and not there, one after another, and lets go of what is not wanted.
    ///
    /// - Parameter load: makes engines.
    public func keep(_ wanted: Set<ServerConfiguration.Preset>, load: (Name) async throws -> Cascade) async {
        let missing = shelf.withLock { shelf in
            let names = Set(wanted.map(Name.some).filter { $0 != shelf.own } + [nil])
            shelf.engines = shelf.engines.filter { names.contains($0.key) }
            return names.filter { name in
                if case .ready? = shelf.engines[name] { false } else { true }
            }
        }
        for name in missing.sorted(by: { ($0?.rawValue ?? "") < ($1?.rawValue ?? "") }) {
            put(.loading, for: name)
            do {
                put(.ready(try await load(name)), for: name)
            } catch {
                put(.failed("\(error)"), for: name)
            }
        }
    }
}
